# 사용자가 보내는 파일, 그리고 허용되지 않은 사용자.
file-too-big =
    { $name } — { $megabytes ->
        [0] 파일이 너무 커요.
       *[other] 파일 크기가 { $megabytes } MB예요.
    } { $source ->
        [telegram] 텔레그램에서 봇은 { $limit } MB까지만 받을 수 있어요.
        [slack] { $limit } MB까지만 받을 수 있어요.
        [request] 요청 하나에 { $limit } MB까지만 담을 수 있어요.
       *[web] 파일은 { $limit } MB까지만 받을 수 있어요.
    } 프로젝트 폴더에 직접 넣거나 나누어 보내 주세요.
file-no-room = { $name } — 저장하지 못했어요. 이 대화의 파일이 { $limit } MB 중 { $used } MB를 차지하고 있고, 제가 임의로 지우지는 않아요. { $folder } 폴더를 비운 뒤 다시 보내 주세요.
file-not-fetched = { $name } — 파일을 가져오지 못했어요.
file-not-fetched-because = { $name } — 파일을 가져오지 못했어요: { $reason }.
file-not-fetched-from =
    { $name } — { $source ->
        [telegram] 텔레그램에서
        [slack] 슬랙에서
        [request] 요청에서
       *[web] 웹 페이지에서
    } 파일을 가져오지 못했어요.
file-not-fetched-now =
    { $name } — { $source ->
        [telegram] 지금은 텔레그램에서
        [slack] 지금은 슬랙에서
        [request] 지금은 요청에서
       *[web] 지금은 웹 페이지에서
    } 파일을 가져오지 못했어요. 다시 보내 주세요.

stranger-hint = 비공개 봇이에요. 소유자가 사용을 허용할 수 있어요. 내 아이디: { $id }
