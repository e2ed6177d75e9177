# Slack에서만 쓰는 말.

# 사람을 부르는 말 바로 뒤에 붙는다.
slack-asked = {" "}님의 요청:
slack-waits = {" "}님, 결정을 기다리고 있어요.

slack-cut-message = 📄 전체 내용은 아래 { $file } 파일에 있어요.
slack-cut-question = ✂️ 전체 내용은 아래 파일에 있어요.
slack-goes-on = 아래에서 계속
# 봇 이름 바로 뒤에 붙는다.
slack-is-working = 작업 중…

slack-answer-here = 이 스레드에 직접 답을 적어도 돼요.
slack-own-words = ✏️ 직접 입력…
slack-with-reason = { $label } (이유 입력)…
slack-choose-several = 하나 이상 선택하세요.

# 입력 창: 제목과 버튼은 24자까지.
slack-form-words = 직접 입력
slack-form-answer = 답변
slack-form-task = 새 작업
slack-form-what = 무엇을 할까요?
slack-form-send = 보내기
slack-form-cancel = 취소
slack-form-too-late = 시간이 너무 오래 걸렸어요. 다시 눌러 주세요.

slack-outside = 이 워크스페이스의 멤버에게만, 다른 조직과 공유하지 않는 채널에서만 답해요.
slack-unsure = 지금은 Slack에서 사용자를 확인하지 못했어요. 다시 시도해 주세요.
slack-unreadable = 이런 종류의 메시지는 읽을 수 없어요. 텍스트나 파일로 보내 주세요.

# 우리가 먼저 올리는 글.
slack-fresh = 새 대화예요. 이 스레드에 적어 주세요.
slack-begun = 이 채널에는 글을 쓸 수 없어서 다이렉트 메시지에서 시작했어요. 여기서 쓰려면 `/invite @{ $bot }` 명령을 입력한 뒤 다시 요청해 주세요.
slack-answered = 이 채널에 참여하고 있지 않아서 다이렉트 메시지로 답했어요.
slack-refused = Slack에서 허용하지 않아 시작하지 못했어요: { $reason }.
slack-in-thread = 대화 하나에 대한 명령이에요. 해당 스레드에 `!{ $command }` 명령을 적어 주세요.
slack-from = { $place }에서: { $prompt }
slack-private-channel = 비공개 채널
slack-direct-message = 다이렉트 메시지

# 사람이 보낸 파일.
slack-nameless = 파일
slack-file-external = { $name }: Slack에 저장된 파일이 아니어서 가져올 수 없어요. 파일로 보내 주세요.
slack-file-deleted = { $name }: 가져오기 전에 삭제되었어요.
slack-file-hidden = { $name }: 이 워크스페이스의 한도 때문에 숨겨져 있어 가져올 수 없어요.
slack-file-denied = { $name }: Slack에서 볼 수 없는 파일이에요. 이 대화에서 공유해 주세요.

# 사람에게 보내는 파일.
slack-file-refused = 📎 { $name } — 보내지 못했어요. Slack이 이 파일을 받지 않았어요.
slack-file-not-shown = 📎 { $name }: 이 컴퓨터에 있지만 Slack에 올리지 못했어요.
