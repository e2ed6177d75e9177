# 채팅 페이지.

# 대화 바깥.
web-new = 새 대화
web-unnamed = 새 대화
web-conversations = 대화
web-older = 이전 대화
web-demo = 데모
web-no-agent = 에이전트 없음
web-theme = 색상 바꾸기
web-language = 언어
web-show-list = 목록 열기
web-close-list = 목록 닫기
web-conversation = 대화 내용
web-earlier = 이전 내용
web-newest = 최신 메시지
web-missing-title = 없는 대화예요
web-missing = 삭제되었거나 이 번호의 대화가 없어요.
web-branch = 브랜치 { $name }
web-needs-a-look = { $platform } — 확인이 필요해요
web-connect = { $platform } 연결하기
web-begun = 대화를 시작했어요.
web-deleted = 대화가 삭제되었어요.

# 입력란.
web-write = 메시지를 입력하세요
web-message = 메시지
web-add-files = 파일 추가
web-files-to-send = 보낼 파일
web-drop = 여기에 파일을 놓으세요
web-send = 보내기
web-stop = 중지
web-keys = Enter: 보내기 · Shift + Enter: 줄바꿈 · /: 명령어
web-works-in = 작업 위치
web-own-folder = 전용 폴더
web-commands = 명령어

# 검색과 삭제.
web-find = 검색과 명령어 (Ctrl K)
web-search = 검색
web-search-in = 모든 대화에서 검색
web-found = 검색 결과
web-close = 닫기
web-delete = 이 대화 삭제
web-delete-title = 이 대화를 삭제할까요?
web-delete-means = 대화 기록과 전용 폴더가 삭제돼요. 프로젝트의 파일은 그대로 남아요.
web-delete-yes = 삭제
web-keep = 취소

# 대화와 턴의 상태.
web-doing-queued = 대기 중
web-doing-running = 작업 중
web-doing-waiting = 답을 기다리는 중
web-status-queued = 대기 중
web-status-running = 작업 중
web-status-waiting = 결정을 기다리고 있어요
web-status-done = 완료
web-status-failed = 실패
web-status-cancelled = 중지됨
web-thinking = 생각 중
web-asks = 에이전트의 질문: { $title }
web-sends = 에이전트가 보낸 파일: { $name }
web-you = 나
web-asked-what = { $name }: { $words }
web-files = 파일
web-download = { $name } 내려받기
web-open = { $name } 열기
web-all-of-it = 📄 전체 내용을 파일로 내려받기

# 에이전트의 단계.
web-step-running = 진행 중
web-step-stopped = 중지됨
web-step-done = 완료
web-step-failed = 실패
web-steps-failed = { $number }개 실패

# 에이전트의 글에 있는 코드와 목록.
web-copy = 복사
web-ticked = 완료
web-not-ticked = 할 일

# 카드.
web-everything = 자세한 내용 모두 보기
web-choose = 하나 이상 선택하세요
web-own-words = 직접 입력
web-answer = 답하기
web-with-words = { $label } (이유와 함께)
web-choose-done = 선택 완료

# 다른 클라이언트에서 보이는 말.
web-answer-at = 여기에서 답해 주세요: { $where }
web-file-at = { $name } 파일은 여기에서 받을 수 있어요: { $where }

# 첫 페이지.
web-welcome = 무엇을 할까요?
web-welcome-about = 키보드 앞의 동료에게 말하듯 코딩 에이전트에게 말해 보세요. 내 컴퓨터에서 작업하고, 모든 단계를 보여 주고, 원하지 않을 수 있는 일은 먼저 물어봐요.
web-idea-folder = 이 폴더에 무엇이 있나요?
web-idea-test = 가장 느린 테스트를 찾고 왜 느린지 알려 주세요
web-idea-script = 사진 이름을 날짜로 바꾸는 스크립트를 만들어 주세요
web-demo-about =
    지금은 **데모 에이전트**예요. Parley가 무엇을 하는지 보여 줄 뿐 실제로 작업하지는 않아요. 위의 단어를 비롯해 몇 가지 말을 알아들어요.

    { $why } Parley를 다시 시작하면 실제 에이전트를 쓸 수 있어요.
web-nobody = 코딩 에이전트를 찾지 못했어요. Claude Code를 설치하고 로그인한 뒤 Parley를 다시 시작해 주세요.

# 들어오는 길.
web-enter-welcome = 환영합니다
web-enter-signed-in = 로그인되었어요.
web-enter-on = 계속하기
web-enter-moment = 잠시만 기다려 주세요.
web-enter-stranger = 로그인되어 있지 않아요
web-enter-spent = 더 이상 쓸 수 없는 링크예요
web-enter-how = Parley가 출력한 링크를 열어 주세요. { web-enter-new-link }
web-enter-once = 링크는 15분 동안 한 번만 쓸 수 있어요. { web-enter-new-link }
web-enter-new-link = 새 링크를 받으려면 Parley가 실행 중인 컴퓨터에서 `parley link`를 실행하거나 Parley를 다시 시작해 주세요. 시작할 때 링크가 출력돼요.

# 요청이 거부된 이유.
web-refused-stranger = Parley가 시작할 때 출력한 링크로 들어오거나 토큰을 “Authorization: Bearer …”로 보내 주세요.
web-refused-slow = 요청의 나머지가 제때 도착하지 않았어요.
web-refused-long = 너무 커요. { $megabytes } MB까지만 보낼 수 있어요.
web-refused-host = 여기서는 이 이름으로 Parley에 접속할 수 없어요.
web-refused-origin = 다른 사이트의 페이지가 보낸 요청이에요.
web-refused-kind = JSON으로 보내거나 파일을 multipart/form-data로 보내 주세요.
web-refused = 요청을 처리하지 못했어요

# 페이지의 스크립트가 쓰는 말. 중괄호 안의 값은 스크립트가 채워요.
web-js-copy = { web-copy }
web-js-copied = 복사됨
web-js-offline = 오프라인이에요. 네트워크를 기다리고 있어요.
web-js-lost = 연결이 끊겼어요. 다시 연결하는 중…
web-js-signed-out = 로그아웃되었어요. 컴퓨터에서 “parley link”를 실행하고 새 링크를 열어 주세요.
web-js-error = 오류 { $status }
web-js-sending = 보내는 중…
web-js-not-sent = 보내지 못했어요: { $why }
web-js-again = 다시 시도
web-js-take-back = 되돌리기
web-js-upload = { $name } 올리는 중
web-js-remove = { $name } 빼기
web-js-connection = 연결이 끊겼어요.
web-js-removed = 뺐어요.
web-js-not-uploaded = 올리지 못했어요.
web-js-not-searched = 지금은 검색할 수 없어요.
web-js-nothing-found = 찾은 것이 없어요.
web-js-not-loaded = 지금은 불러올 수 없어요.
web-js-seconds = { $seconds }초
web-js-minutes = { $minutes }분 { $seconds }초
web-js-hours = { $hours }시간 { $minutes }분
