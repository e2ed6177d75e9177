# 사람에게 묻는 카드와 그 결과.

# 권한 버튼.
questions-once = ✅ 한 번만 허용
questions-session = ♻️ 이 세션 동안 허용
questions-session-edits = ♻️ 이 세션 동안 편집 허용
questions-turn = ♻️ 이번 작업 동안 허용
questions-turn-edits = ♻️ 이번 작업 동안 편집 허용
questions-always = 📌 항상 허용: { $rule }
questions-deny = ❌ 거부
# 거부하는 까닭을 물을 때.
questions-why = 거부하는 이유
questions-cut = *전체 { $length }자 가운데 앞부분만 표시했습니다.*

# 전에 허용했더라도 묻는 까닭.
questions-wary = *이 메시지에는 다른 곳에서 온 글이나 파일이 들어 있어, 미리 허용된 것이 없습니다.*

# 요청한 사람이 결정할 수 없을 때 누가 결정하는지. $names 는 목록.
questions-only-approvers = 승인자가 결정합니다: { $names }
questions-only-admins = 관리자가 결정합니다: { $names }
questions-not-yours-asker = { $names } 님만 결정할 수 있습니다.
questions-not-yours-approvers = 승인자만 결정할 수 있습니다: { $names }
questions-not-yours-admins = 관리자만 결정할 수 있습니다: { $names }

# 계획.
questions-plan-title = 이 계획대로 진행할까요?
questions-approve = ✅ 승인
questions-approve-edits = ✅ 승인하고 편집도 허용
questions-feedback = ✏️ 의견 보내기
questions-drop = ✖ 계획 그만두기
questions-write-feedback = 바꿔야 할 점을 적어 주세요. 에이전트가 그대로 전달받아 계획을 고칩니다.

# 에이전트가 직접 묻는 질문.
questions-a-question = 질문
questions-nth = { $title } ({ $nth }/{ $of })
questions-skip = 🚫 답하지 않기
questions-none = 해당 없음

# 포기한 작업.
questions-retry-title = 한 번 더 시도할까요?
questions-retry-body = 에이전트가 이 작업을 하는 동안 { $attempts }번 중단되었습니다. 작업 자체가 원인일 수 있습니다.
questions-again = 🔁 다시 시도
questions-leave = 그대로 두기

# 멈춘 듯한 작업. 무엇을 보았는지는 아래에 적힘.
questions-watch-title = 계속 기다릴까요?
questions-wait = ⏳ 계속 기다리기
questions-end = ⏹ 중지
questions-redo = 🔁 중지하고 다시 시도

# 메뉴.
questions-more = 더 보기… ({ $page }/{ $pages })
questions-other = ✏️ 직접 입력…
questions-write-other = 다음 메시지로 적어 주세요.

# 어떻게 결정되었는지.
questions-did-once = { $who } 님이 한 번 허용했습니다
questions-did-session = { $who } 님이 이 세션 동안 허용했습니다
questions-did-turn = { $who } 님이 이번 작업 동안 허용했습니다
questions-did-always = { $who } 님이 항상 허용했습니다: { $rule }
questions-did-wider = { questions-did-always }
questions-did-deny = { $who } 님이 거부했습니다
questions-did-approve = { $who } 님이 승인했습니다
questions-did-edits = { $who } 님이 승인하고 편집도 허용했습니다
questions-did-feedback = { $who } 님의 의견
questions-did-drop = { $who } 님이 계획을 그만두게 했습니다
questions-did-skip = { $who } 님이 답하지 않았습니다
questions-did-again = { $who } 님의 요청으로 다시 시도합니다
questions-did-leave = { $who } 님이 그대로 두었습니다
questions-did-wait = { $who } 님이 계속 기다립니다
questions-did-end = { $who } 님이 중지했습니다
questions-did-redo = { $who } 님의 요청으로 중지하고 다시 시도합니다
# 어떻게 결정되었는지와 함께 한 말.
questions-with-words = { $outcome }: { $words }
questions-answered = { $who }: { $words }

# 더 결정할 필요가 없는 까닭.
questions-why-over = 더 이상 필요하지 않습니다
questions-why-restarted = Parley가 다시 시작되었습니다. 아직 필요하면 에이전트가 다시 묻습니다
questions-why-replaced = 아래에서 다시 물었습니다

# 규칙: 프로젝트에서 항상 허용되는 것.
questions-rules = **{ $project }** 프로젝트에서 항상 허용되는 것:
questions-rules-line = { $rule } — { $name }, { $day }
questions-rules-none = **{ $project }** 프로젝트에서 항상 허용되는 것이 없습니다. 권한 카드에서 ‘항상 허용’을 누르면 규칙이 추가됩니다.
questions-rules-nowhere = 이 대화는 프로젝트에 속하지 않아 항상 허용되는 것이 없습니다.
questions-rules-title = 항상 허용되는 것
questions-rules-revoke = 🗑 취소: { $rule }
