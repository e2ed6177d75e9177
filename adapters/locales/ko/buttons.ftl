# 모든 플랫폼에 보이는 버튼.
language-name = 한국어
button-stop = ⏹ 중지
button-cancel = ✖ 취소
button-steer = ↪️ 지금 전하기
button-instead = ⏏️ 대신 이것부터
button-details = 🔍 자세히
button-done = ✅ 완료
