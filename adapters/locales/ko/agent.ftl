# 에이전트를 시작할 수 없는 이유와 해결 방법.
agent-not-found =
    이 컴퓨터에 `{ $program }` 명령이 없습니다. `curl -fsSL https://claude.ai/install.sh | bash` 또는 `npm install -g @anthropic-ai/claude-code` 명령으로 Claude Code를 설치한 다음 `claude`를 한 번 실행해 로그인해 주세요. 다른 곳에 설치했다면 [agents.claude] command에 경로를 적어 주세요.
agent-version-silent = `{ $program } --version` 명령이 응답하지 않습니다.
agent-version-fails =
    `{ $program } --version` 명령이 실패했습니다. `curl -fsSL https://claude.ai/install.sh | bash` 또는 `npm install -g @anthropic-ai/claude-code` 명령으로 Claude Code를 다시 설치해 주세요. 다른 곳에 설치했다면 [agents.claude] command에 경로를 적어 주세요.
agent-too-old = Claude Code { $version } 버전은 너무 오래되었습니다. { $wanted } 이상이 필요합니다: `claude update`
agent-two-credentials = 다음 두 환경 변수가 모두 설정되어 있지만 결제는 하나로만 할 수 있습니다: { $one }, { $other }. 사용하지 않을 것을 지워 주세요. 현재 [agents.claude] billing 값: "{ $billing }"
agent-no-key = [agents.claude] billing 값은 "api_key"이지만 ANTHROPIC_API_KEY가 설정되어 있지 않습니다. 키를 설정하거나, billing = "subscription"으로 바꾸고 `claude`에서 로그인해 주세요.
agent-would-bill-key = [agents.claude] billing 값은 "subscription"이지만 에이전트가 API 키({ $payer })로 결제하려고 합니다. 에이전트 설정 파일(~/.claude/settings.json)에서 키를 빼거나 billing = "api_key"로 바꿔 주세요.
agent-not-logged-in = Claude Code에 로그인되어 있지 않습니다. 이 컴퓨터에서 `claude`를 실행해 /login을 입력해 주세요. (또는 `claude setup-token`으로 토큰을 만들어 CLAUDE_CODE_OAUTH_TOKEN에 설정해 주세요.)
agent-not-started = 에이전트를 시작하지 못했습니다: { $words }
agent-workspace-missing = 폴더가 없습니다: { $folder }. 폴더를 만들거나 설정에서 프로젝트 경로를 고쳐 주세요.
agent-sandbox-missing = 이 프로젝트의 에이전트는 샌드박스 안에서 작동하는데, 필요한 프로그램이 이 컴퓨터에 없습니다. `bubblewrap`을 설치하거나(리눅스 전용) 설정에서 [projects.…] sandbox를 빼 주세요. 샌드박스 없이는 시작하지 않습니다.
agent-sandbox-refused = 이 컴퓨터에서는 샌드박스를 만들 수 없습니다: { $words }. 커널에서 사용자 네임스페이스를 허용하거나(docs/security.md) 설정에서 [projects.…] sandbox를 빼 주세요.
agent-sandbox-leaks = 샌드박스가 제대로 막지 못합니다. 안에서 다음 폴더에 쓸 수 있었습니다: { $folder }. 이 샌드박스에 의지하지 마세요.
agent-sandbox-too-wide = 이 폴더는 샌드박스의 작업 폴더로 쓸 수 없습니다: { $folder }. 그 안에 다음 경로가 들어 있습니다: { $other }. 작업 파일만 있는 폴더를 골라 주세요.
agent-sandbox-long-path = 샌드박스에서 쓰기에는 경로가 너무 깁니다: { $folder }. 더 짧은 경로를 골라 주세요.
agent-start-limit =
    { $limit ->
        [cpu] 에이전트가 시작되기도 전에 허용된 프로세서 시간을 다 썼습니다. 설정에서 한도를 늘려 주세요.
        [file] 에이전트가 시작되기도 전에 파일 크기 한도에 걸렸습니다. 설정에서 한도를 늘리거나 새 세션을 시작해 주세요.
       *[memory] 에이전트를 시작하는 데 허용된 것보다 많은 메모리가 필요합니다. 설정에서 한도를 늘려 주세요.
    }
agent-session-gone = 에이전트가 이 대화의 기억을 잃었습니다. 세션 기록이 더 이상 이 컴퓨터에 없습니다.
agent-session-elsewhere = 이 세션은 처음 시작한 폴더에서만 이어 갈 수 있습니다: { $folder }

# 작업 중 알림.
agent-compacting = 공간을 확보하려고 대화를 요약하는 중이에요…
agent-compacted = 지금까지의 대화를 요약했어요.
agent-denied = 규칙에 따라 거부됨: { $tool }
agent-fallback = 모델이 혼잡해 다른 모델이 대신 답해요.
agent-fallback-to = 모델이 혼잡해 다른 모델이 대신 답해요: { $model }
agent-retry = 모델 서비스가 응답하지 않아 다시 시도해요.
agent-retry-in = 모델 서비스가 응답하지 않아 { $seconds }초 뒤에 다시 시도해요({ $attempts }번 중 { $attempt }번째).
agent-limit-reached = 사용 한도에 도달했어요.
agent-limit-overage = 사용 한도에 도달했어요. 지금부터는 추가 사용량으로 청구돼요.
agent-limit-near =
    { $used ->
        [0] 사용 한도에 거의 도달했어요.
       *[other] 사용 한도에 거의 도달했어요({ $used }% 사용).
    }
agent-words = { $words }
