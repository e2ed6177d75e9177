# 에이전트가 하는 일 한 줄씩, 그리고 하기 전에 묻는 말.

step-run = 실행: { $what }
step-edit = 편집: { $what }
step-write = 쓰기: { $what }
step-read = 읽기: { $what }
step-search = 검색: { $what }
step-find = 파일 찾기: { $what }
step-fetch = 가져오기: { $what }
step-search-web = 웹 검색: { $what }
step-delegate = 맡기기: { $what }
step-send = 보내기: { $what }
step-ask = 질문하기
step-plan = 계획 제안
step-plan-steps = 할 일 정리
step-answer = 답변 제출
step-use = { $tool }
step-use-on = { $tool }: { $what }

ask-run = 명령을 실행할까요?
ask-edit = 파일을 편집할까요?
ask-write = 파일을 쓸까요?
ask-read = 파일을 읽을까요?
ask-fetch = 웹 페이지를 가져올까요?
ask-question = 질문에 답하시겠어요?
ask-use = 이 도구를 사용할까요? { $tool }

# 아무에게도 묻지 않고 거절한 것.
step-refused-planning = 거절됨: { $tool } — 계획 모드에서는 아무것도 변경하지 않습니다.

# 턴과 별개로, 에이전트 자체에 관한 말.
session-silent = 에이전트를 시작했지만 { $seconds }초 동안 아무 응답이 없었습니다.
session-not-started = 에이전트를 시작하지 못했습니다: { $words }
session-over = 에이전트가 더 이상 실행 중이 아닙니다.
session-no-answer = 에이전트가 { $seconds }초 안에 응답하지 않았습니다.
session-refused = 에이전트가 거절했습니다: { $words }
session-not-understood = Parley가 이해할 수 없는 방식으로 에이전트가 응답했습니다.
