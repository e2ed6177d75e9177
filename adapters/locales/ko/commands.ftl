# 명령 메뉴: 한 줄씩.
command-stop = 작업을 멈추고 대기열을 비웁니다
command-new = 새 대화 시작 [프로젝트]
command-status = 지금 상태
command-queue = 대기 중인 메시지를 보고 뺍니다
command-sessions = 이 프로젝트의 이전 세션
command-resume = 이전 세션 이어가기
command-fork = 이 세션의 사본에서 이어가기
command-project = 다른 프로젝트에서 작업
command-model = 모델 선택
command-mode = 먼저 묻기, 편집 허용, 계획만
command-effort = 모델이 얼마나 깊이 생각할지
command-compact = 대화를 요약해 공간 확보
command-context = 에이전트의 기억이 얼마나 찼는지
command-cost = 지금까지의 비용
command-diff = 마지막 작업이 시작된 뒤 바뀐 것
command-undo = 에이전트의 마지막 편집 되돌리기
command-worktree = 별도의 브랜치에서 작업
command-link = 이 대화를 다른 플랫폼에서도 보기
command-rules = 여기서 항상 허용되는 것
command-language = 언어 선택
command-log = 이 세션이 한 일
command-debug = 문제를 찾기 위해 원본 기록 보관
command-help = 할 수 있는 일

help-intro =
    옆자리 동료에게 말하듯 써 주세요. 이 컴퓨터의 코딩 에이전트에게 전하고, 에이전트가 하는 일을 보여 드립니다. 사진, 파일, 음성 메시지도 전달됩니다. 허락이 필요하거나 질문이 있으면 버튼을 누르거나 그냥 답하면 됩니다. 작업 중에 보낸 메시지는 대기열에 들어가며, 바로 전하거나 지금 작업을 대신하게 하거나 취소할 수 있습니다.
help-slack = 스레드 하나가 대화 하나입니다. 슬래시 명령, 멘션, 다이렉트 메시지로 시작하고 스레드에 그냥 쓰면 됩니다.
help-agent = 에이전트의 자체 명령: { $names }

order-unknown = { $command } 명령은 없습니다. { $help } 명령으로 할 수 있는 일을 볼 수 있습니다.
order-failed = 실패했습니다. Parley 안에서 문제가 생겼습니다.
order-carried-out = 처리했습니다. (결과를 알려 드리기 전에 Parley가 다시 시작되었습니다.)
order-busy = 진행 중이거나 대기 중인 작업이 있습니다. 먼저 멈추거나 끝날 때까지 기다려 주세요.
order-nothing-runs = 진행 중인 작업이 없습니다.
order-not-waiting = 더 이상 대기 중이 아닙니다.
order-default = 기본값
order-on = 켜기
order-off = 끄기
order-queue-empty = 대기 중인 메시지가 없습니다.
order-queue-title = 메시지 { $count }개 대기 중
order-cancel = ✖ { $words }

order-new = 새 대화입니다. 이전 내용은 기억하지 않습니다.
order-new-project = { $name } 프로젝트의 새 대화입니다.
order-no-project = { $name } 프로젝트가 없습니다. 있는 프로젝트: { $known }.
order-no-project-now = 없음
order-project-title = 프로젝트: { $name }
order-same-project = 이 대화는 이미 { $name } 프로젝트에서 작업합니다.
order-no-sessions = 이 프로젝트에 다른 세션이 없습니다.
order-sessions-title = 어느 세션을 이어갈까요?
order-session = { $hours ->
    [0] 방금
   *[other] { $hours }시간 전
  } · 메시지 { $prompts }개
order-no-session = 이 프로젝트에 { $id } 세션이 없습니다.
order-session-taken = “{ $title }” 세션은 다른 대화에서 열려 있습니다
order-fork-it = 사본에서 이어가기
order-resumed = “{ $title }” 세션을 이어갑니다.
order-nothing-to-fork = 아직 복사할 내용이 없습니다.
order-forked = 사본에서 이어갑니다. 원래 세션은 그대로 있으며 다시 열 수 있습니다.

order-model-title = 모델: { $model }
order-model = 이제부터 모델은 { $model }입니다.
order-mode-title = 모드: { $mode }
order-mode = 이제부터 모드: { $mode }
order-no-mode = { $name } 모드가 없습니다. 있는 모드: { $known }.
order-no-bypass = { $project } 프로젝트에서는 운영자가 허용하지 않습니다(allow_bypass).
order-mode-not-yours = “{ $mode }” 모드는 여기서 허락을 결정하는 사람만 고를 수 있습니다.
mode-default = 먼저 묻기
mode-default-means = 편집과 명령에 허락이 필요합니다
mode-acceptEdits = 편집 허용
mode-acceptEdits-means = 파일은 묻지 않고 바꾸고, 명령은 묻습니다
mode-plan = 계획만
mode-plan-means = 살펴보고 제안만 하며 아무것도 바꾸지 않습니다
mode-dontAsk = 묻지 않음
mode-dontAsk-means = 허락이 필요한 일은 거부합니다
mode-bypassPermissions = 허락 없이
mode-bypassPermissions-means = 모든 일을 묻지 않고 합니다
order-effort-title = 노력 수준: { $effort }
order-effort = 다음 작업부터 노력 수준: { $effort }
order-no-effort = { $name } 수준이 없습니다. 있는 수준: { $known }.

order-context = 에이전트의 기억: { $limit } 토큰 중 { $used } ({ $percent } %)
order-debug-title = 원본 기록: { $state ->
    [on] 보관 중
   *[off] 보관하지 않음
  }
order-debug-means = Parley와 에이전트가 주고받은 모든 줄을 비밀 값을 지운 뒤 이 컴퓨터의 파일에 보관합니다. 문제를 찾을 때 씁니다.
order-debug-on = 다음 작업부터 원본 기록을 `{ $path }` 파일에 보관합니다.
order-debug-off = 원본 기록을 더 보관하지 않습니다. 지금까지의 기록은 `{ $path }` 파일에 있습니다.
order-language-title = 어떤 언어로 할까요?
order-language = 이제부터 한국어로 말하겠습니다.
order-revoked = 더 이상 항상 허용하지 않습니다: `{ $rule }`

order-link-code = 다른 플랫폼에서, 이 대화를 보고 싶은 곳에 `/link { $code }` 라고 쓰세요(Slack에서는 `!link { $code }`). 한 번만, 10분 안에 쓸 수 있습니다.
order-link-wrong = 코드가 틀렸거나, 이미 썼거나, 너무 오래되었습니다. 여기서 보고 싶은 대화에서 `link` 명령으로 새 코드를 받으세요.
order-link-same = 바로 그 대화입니다.
order-link-several = 이 대화는 여러 곳에서 보입니다. 먼저 `link off` 명령으로 여기서 떼어 내세요.
order-link-home = 이 대화는 여기서 시작되었습니다. 다른 곳에서 떼어 내세요.
order-linked = 이제부터 { $place }의 대화를 여기서도 봅니다. `link off` 명령으로 떼어 낼 수 있습니다.
order-unlinked = 이제부터 여기는 별도의 대화입니다.

order-diff = 파일 { $files }개 변경: +{ $insertions } −{ $deletions }
order-diff-none = 바뀐 것이 없습니다.
order-diff-unknown = 이전 상태를 알 수 없습니다. 아직 실행한 작업이 없거나 폴더가 너무 큽니다.
order-undo-title = 이 편집을 되돌릴까요?
order-undo-means = +{ $insertions } −{ $deletions }줄. 명령이 한 일은 되돌리지 않습니다.
order-undo-yes = 파일 { $files }개 되돌리기
order-undo-no = 그대로 두기
order-undo-none = 이 세션에서 되돌릴 편집이 없습니다.
order-undo-failed = 되돌릴 수 없었습니다: { $why }
order-undone = 파일 { $files }개를 이전 상태로 되돌렸습니다. 다음 메시지와 함께 에이전트에게 알립니다.

order-worktree-title = 브랜치: { $branch }
order-worktree-state = 앞선 커밋 { $ahead }개, 뒤처진 커밋 { $behind }개, 커밋하지 않은 파일 { $changed }개.
order-worktree-diff = 변경 보기
order-worktree-diff-means = 이 브랜치에서 한 모든 일
order-worktree-merge = 병합
order-worktree-merge-means = 커밋하고 프로젝트의 브랜치에 병합한 뒤 돌아갑니다
order-worktree-keep = 브랜치 남기기
order-worktree-keep-means = 커밋하고 브랜치를 남긴 뒤 프로젝트로 돌아갑니다
order-worktree-remove = 삭제
order-worktree-remove-means = 잃는 것이 없을 때만
order-worktree-made = 이제부터 별도의 폴더에서 `{ $branch }` 브랜치로 작업합니다. 나눈 이야기는 기억합니다.
order-worktree-left-out = 커밋하지 않은 변경이 있는 파일 { $count }개는 프로젝트 폴더에 남습니다.
order-worktree-submodules = 프로젝트의 서브모듈은 그곳에서 비어 있습니다.
order-worktree-merged = `{ $branch }` 브랜치에 병합했습니다. 다시 프로젝트 폴더에서 작업합니다.
order-worktree-kept = 모두 `{ $branch }` 브랜치에 있습니다. 다시 프로젝트 폴더에서 작업합니다.
order-worktree-removed = `{ $branch }` 브랜치를 지웠습니다. 다시 프로젝트 폴더에서 작업합니다.
order-worktree-in-one = 이 대화는 이미 `{ $branch }` 브랜치에서 작업합니다. 먼저 병합하거나 남기거나 지워 주세요.
order-worktree-in-none = 이 대화는 프로젝트 폴더에서 작업합니다. `worktree 이름` 명령으로 별도의 브랜치를 만들 수 있습니다.
order-worktree-no-project = 이 대화에는 이미 자기 폴더가 있습니다.
order-worktree-used = `{ $branch }` ({ $project }): 사용 중
order-worktree-leftover = `{ $branch }` ({ $project }): { $safe ->
    [1] 남은 것, 잃는 것 없음
   *[0] 남은 것, 다른 곳에 없는 작업이 있음
  }
order-worktree-list-none = 워크트리가 없습니다.
order-worktree-pruned = { $count ->
    [0] 정리할 것이 없습니다.
   *[other] 남은 워크트리 { $count }개를 정리했습니다.
  }

status-working = { $agent }: { $time }째 작업 중입니다.
status-ready = { $agent }: 준비되었습니다.
status-resting = { $agent }: 쉬고 있습니다(다음 메시지에 시작합니다).
status-waiting = 대기: { $count }
status-folder = 폴더: `{ $path }`
status-branch = 브랜치: `{ $branch }`
status-settings = 모델: { $model } · 모드: { $mode } · 노력 수준: { $effort }
status-usage = 프로세스: CPU { $cpu } % · { $memory } MB · 프로세스 { $processes }개 · 스레드 { $threads }개 · 열린 파일 { $files }개
status-agents = 실행 중인 에이전트: { $limit }개 중 { $up }개
status-today = 오늘: 작업 { $turns }개, { $cost }
status-unreadable = 읽지 못한 메시지 { $count }개를 따로 보관하고 있습니다. `parley doctor` 명령으로 볼 수 있습니다
health-starting = 시작하는 중
health-ok = 정상
health-degraded = 불안정
health-down = 중단

cost-here = 이 대화: { $cost }
cost-today = 오늘 전체: { $cost }

log-turns = 작업 { $turns }개, 작업 시간 { $time }
log-tokens = { $tokens } 토큰, { $cost }
log-troubles = 오류 { $errors }개, 경고 { $warnings }개
log-tool = { $name }: { $times }회{ $failed ->
    [0] {""}
   *[other] , 실패 { $failed }회
  }
