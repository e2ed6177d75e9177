# 한도, 예산, 감시, 그리고 문제가 생겼을 때의 안내.

# 시각. $day가 0이면 오늘.
limits-month = { $month }월
limits-at =
    { $day ->
        [0] { $time }에
       *[other] { limits-month } { $day }일 { $time }에
    }
limits-span =
    { $unit ->
        [s] { $amount }초
       *[min] { $amount }분
    }
limits-usd-spent = ${ NUMBER($spent, minimumFractionDigits: 2, maximumFractionDigits: 2) }
limits-usd-limit = ${ NUMBER($limit, minimumFractionDigits: 2, maximumFractionDigits: 2) }

# 실패한 이유와 할 수 있는 일.
limits-cause-login = 에이전트가 로그인되어 있지 않거나 로그인이 거부됐어요. 에이전트가 실행되는 컴퓨터에서 claude를 시작하고 /login을 입력한 다음, 이 메시지를 다시 보내 주세요.
limits-cause-credit = 계정의 크레딧이 모두 소진됐어요. 크레딧을 충전한 다음 이 메시지를 다시 보내 주세요.
limits-cause-rate-limit = 사용 한도에 도달했어요. 나중에 이 메시지를 다시 보내 주세요.
limits-cause-rate-limit-until = 사용 한도에 도달했어요. 한도는 { limits-at } 풀려요.
limits-cause-overloaded = 모델 서비스에 과부하가 걸렸어요. 몇 분 뒤에 이 메시지를 다시 보내 주세요.
limits-cause-network = 에이전트가 모델 서비스에 연결하지 못했어요. 에이전트가 실행되는 컴퓨터의 네트워크를 확인한 다음 이 메시지를 다시 보내 주세요.
limits-cause-context-full = 대화가 모델이 다룰 수 있는 길이를 넘었어요. 지금까지의 대화를 요약하거나 새로 시작해 주세요.
limits-cause-output-full = 답변이 모델이 한 번에 쓸 수 있는 길이를 넘었어요. 더 작게 나누어 계속해 달라고 요청해 주세요.
limits-cause-attachment = 이 대화에 있는 파일이나 사진이 모델이 다루기에 너무 커요. 더 작은 파일로 새 대화를 시작해 주세요.
limits-cause-model = 선택한 모델은 이 계정에서 사용할 수 없어요. 다른 모델을 선택해 주세요.
limits-cause-request = 모델 서비스가 이 요청을 거부했어요. 다르게 표현하거나 새 대화를 시작해 주세요.
limits-cause-billing-policy = 비용이 발생하기 전에 중지했어요. 에이전트가 Parley에 설정된 것과 다른 계정에 비용을 청구할 뻔했어요.
limits-cause-crash = 작업 도중에 에이전트 프로세스가 종료됐어요. 이 메시지를 다시 보내 주세요.
limits-cause-start = 에이전트를 시작하지 못했어요.
limits-cause-unknown = 에이전트가 오류를 보고했어요. 이 메시지를 다시 보내거나 다르게 표현해 주세요.
limits-refusal = 모델이 이 요청에 답하지 않기로 했어요. 다르게 표현하거나 새 대화를 시작해 주세요.

# 턴을 끝낸 한도.
limits-met-turns = 중지됨: 메시지 하나에 허용된 단계 수를 모두 사용했어요. 계속하려면 계속하라고 말해 주세요.
limits-met-cost = 중지됨: 메시지 하나에 허용된 비용을 모두 사용했어요. 계속하려면 계속하라고 말해 주세요.
limits-met-time = 중지됨: 메시지 하나에 허용된 시간을 모두 사용했어요. 계속하려면 계속하라고 말해 주세요.
limits-met-budget = 중지됨: 예산을 모두 사용했어요.
limits-met-process =
    { $detail ->
        [memory] 중지됨: 에이전트나 에이전트가 시작한 프로그램이 허용된 것보다 많은 메모리를 사용했어요.
        [cpu] 중지됨: 에이전트가 허용된 것보다 많은 프로세서 시간을 사용했어요.
       *[other] 중지됨: 에이전트가 허용된 것보다 많은 자원을 사용했어요.
    }
limits-reached-time = 중지됨: 메시지 하나에 허용된 시간({ limits-span })만큼 작업했어요. 계속하려면 계속하라고 말해 주세요.
limits-reached-cost = 중지됨: 메시지 하나에 허용된 비용 { limits-usd-limit } 중 { limits-usd-spent } 사용. 계속하려면 계속하라고 말해 주세요.

# 사람이 할 수 있는 일.
limits-offer-retry = 🔁 다시 시도
limits-offer-compact = 🗜 대화 요약
limits-offer-new = ✨ 새로 시작
limits-offer-model = 🧠 모델 선택
limits-offer-go-on = ▶️ 계속하기
limits-offer-recap = 📜 요약으로 시작
limits-operator = ⚠️ 관리자의 확인이 필요해요({ $agent }): { $words }

# 사용 한도.
limits-parked = ⏸ 사용 한도에 도달했어요. 보내신 메시지는 대기하다가 { limits-at } 자동으로 이어서 진행돼요.
limits-continues = 사용 한도: { limits-at } 이어서 진행

# 예산.
limits-budget-person =
    { $period ->
        [day] 오늘 예산을 모두 사용했어요: { limits-usd-limit } 중 { limits-usd-spent } 사용.
       *[month] 이번 달 예산을 모두 사용했어요: { limits-usd-limit } 중 { limits-usd-spent } 사용.
    } 예산은 { limits-at } 다시 채워져요.
limits-budget-project =
    { $period ->
        [day] 프로젝트({ $project })의 오늘 예산을 모두 사용했어요: { limits-usd-limit } 중 { limits-usd-spent } 사용.
       *[month] 프로젝트({ $project })의 이번 달 예산을 모두 사용했어요: { limits-usd-limit } 중 { limits-usd-spent } 사용.
    } 예산은 { limits-at } 다시 채워져요.
limits-spent = 오늘: { limits-usd-spent } 사용
limits-spent-person =
    { $period ->
        [day] 오늘: 내 예산 { limits-usd-limit } 중 { limits-usd-spent } 사용
       *[month] 이번 달: 내 예산 { limits-usd-limit } 중 { limits-usd-spent } 사용
    }
limits-spent-project =
    { $period ->
        [day] { $project }, 오늘: { limits-usd-limit } 중 { limits-usd-spent } 사용
       *[month] { $project }, 이번 달: { limits-usd-limit } 중 { limits-usd-spent } 사용
    }

# 메시지 속도.
limits-too-fast = 메시지를 너무 빨리 보내셨어요. 1분에 { $messages }개까지 보낼 수 있어요. 이 메시지와 이어서 너무 빨리 보내신 메시지는 접수되지 않았으니 { limits-span } 뒤에 다시 보내 주세요.

# 감시.
limits-watch-silent-start = 메시지를 전달한 뒤 { limits-span } 동안 에이전트의 응답이 없어요.
limits-watch-silent-stream = { limits-span } 동안 에이전트의 응답이 없어요.
limits-watch-long-tool = 이 단계가 { limits-span }째 실행되고 있어요.
limits-watch-no-end = 에이전트가 { limits-span } 전에 답변을 마쳤지만 작업이 끝나지 않았어요.

# 에이전트와 자리.
limits-no-memory = 컴퓨터의 메모리가 부족해요. 여유가 생길 때까지 기다리고 있어요.

# The machine.
limits-store-waits = ⚠️ 지금은 Parley가 디스크에 쓸 수 없어요. 보내신 내용은 사라지지 않고 기다리며, Parley를 운영하는 분이 디스크를 손보면 저절로 이어져요.
limits-store-well = ✅ 한동안 디스크에 쓸 수 없었지만 이제 괜찮아요. 모든 일이 이어져요.
