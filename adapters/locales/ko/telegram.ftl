# 텔레그램에서만 쓰는 말.
telegram-sent-again = (다시 보냄: 텔레그램이 첫 메시지를 확인해 주지 않았어요)
telegram-topic-gone = (주제가 사라져서 여기에 표시해요)
telegram-choose-several = 하나 이상 선택해 주세요.
telegram-own-words = 직접 입력해서 답할 수도 있어요.
telegram-not-shown = ✂️ { $number }자는 표시하지 않았어요
telegram-cut = 📄 전체 내용은 아래 { $file } 파일에 있어요.
telegram-file = 📎 { $name }
telegram-file-refused = 📎 { $name } — 보내지 못했어요. 텔레그램이 이 파일을 받지 않았어요.
telegram-file-too-big = 📎 { $name } — 파일 크기가 { $megabytes } MB예요. 텔레그램에서 봇은 { $limit } MB까지만 보낼 수 있어요.
telegram-unreadable =
    텔레그램이 봇에게 내용을 보여 주지 않아 읽을 수 없어요 ({ $kind ->
        [game] 게임
        [gift] 선물
        [giveaway] 경품 행사
        [giveaway_winners] 경품 당첨자
        [invoice] 청구서
        [paid_media] 유료 미디어
        [story] 스토리
       *[unique_gift] 고유 선물
    }).
telegram-unknown-kind = 이런 종류의 메시지는 읽을 수 없어요. 텍스트나 파일로 보내 주세요.
