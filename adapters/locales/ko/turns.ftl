# 턴과 질문의 상태, 걸린 시간과 비용.
turn-thinking = ⏳ 생각 중…
turn-thinking-again = 💭 생각 중
turn-working = ⏳ 작업 중
turn-working-for = ⏳ { $time }
turn-waiting = 🔐 결정을 기다리고 있어요
turn-queued = 📥 대기 중
turn-queued-at = 📥 대기 중 — { $place }
turn-place = { $ordinal } 차례
turn-done = 완료
turn-all-done = ✅ 완료
turn-failed = ⚠️ 실패
turn-stopped = ⏹ 중지됨
turn-went-wrong = 문제가 발생했어요.
turn-asked-by = { $name }: { $words }
turn-step = 단계
turn-step-cut = 중간에 끊겨 적용되었는지 알 수 없습니다
turn-getting-long = ✂️ 내용이 길어지고 있어요. 끝나면 전체를 { $file } 파일로 보내 드릴게요.

outcome-withdrawn = 더 이상 필요하지 않아요
outcome-refused = 거부됨
outcome-decided = 결정됨

# 시간, 금액, 개수.
duration-seconds = { $seconds }초
duration-minutes =
    { $seconds ->
        [0] { $minutes }분
       *[other] { $minutes }분 { $seconds }초
    }
duration-hours =
    { $minutes ->
        [0] { $hours }시간
       *[other] { $hours }시간 { $minutes }분
    }
money = ${ NUMBER($dollars, minimumFractionDigits: 2, maximumFractionDigits: 2) }
money-hardly-any = $0.01 미만
ordinal = { $number }번째
count-step = { $number }단계
count-earlier-step = 이전 { $number }단계
count-token = { $number }토큰
