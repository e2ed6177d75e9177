# Git: 무엇이 문제이고 어떻게 하면 되는지.
work-git-missing = Parley가 실행되는 컴퓨터에 git이 설치되어 있지 않습니다. 설치한 뒤 다시 시도해 주세요.
work-git-old = git { $needed } 이상이 필요합니다. Parley가 실행되는 컴퓨터의 버전: { $found }
work-not-repository = 이 폴더는 git 저장소 안에 있지 않습니다. 먼저 이 폴더에서 `git init`을 실행해 주세요.
work-bare = 작업할 파일이 없는 베어(bare) 저장소입니다. 이 저장소의 복제본을 사용해 주세요.
work-no-folder = 폴더가 없습니다: { $folder }
work-dubious = 다른 사용자의 폴더라서 git이 신뢰하지 않습니다. Parley가 실행되는 컴퓨터에서 `git config --global --add safe.directory` 명령으로 추가해 주세요.
work-disk-full = 디스크가 가득 찼습니다. 공간을 확보한 뒤 다시 시도해 주세요.
work-locked = 다른 git 프로세스가 이 저장소를 사용하고 있습니다. 잠시 후 다시 시도해 주세요.
work-forbidden = 읽거나 쓸 권한이 없는 파일이 있습니다. 소유자와 권한을 확인해 주세요.
work-slow = git 작업이 { $seconds }초 안에 끝나지 않아 중단했습니다.
work-failed = git에서 문제가 발생했습니다: { $detail }

# 스냅샷: 턴이 시작된 뒤 바뀐 것.
work-too-many-files = 읽어야 할 파일이 { $limit }개를 넘어 변경 사항을 추적하지 않습니다. 필요 없는 파일은 .gitignore에 적어 주세요.
work-too-many-bytes = 읽어야 할 파일이 { $limit }MB를 넘어 변경 사항을 추적하지 않습니다. 필요 없는 파일은 .gitignore에 적어 주세요.
work-snapshot-gone = 그때의 파일 상태는 더 이상 남아 있지 않습니다.

# 워크트리.
work-gone = 워크트리가 없어졌습니다: { $name }. 폴더가 외부에서 삭제되었거나 변경되었습니다.
work-name-taken = 같은 이름의 워크트리가 너무 많습니다: { $name }. 다른 이름을 선택해 주세요.
work-branch-in-way = “{ $branch }” 브랜치가 있어서 그 아래에 브랜치를 만들 수 없습니다. 그 브랜치의 이름을 바꾼 뒤 다시 시도해 주세요.
work-no-commits = 아직 커밋이 없는 저장소입니다. 첫 커밋을 만든 뒤 다시 시도해 주세요.
work-no-base = 이런 이름의 커밋이나 브랜치가 없습니다: “{ $base }”
work-unfinished = 워크트리에 끝나지 않은 병합이나 리베이스가 있습니다. 먼저 끝내거나 취소해 주세요.
work-nested = 워크트리 안에 별도의 저장소가 있어 브랜치에 담을 수 없습니다({ $folders }). 먼저 다른 곳으로 옮겨 주세요.
work-main-gone = 이 워크트리의 원래 저장소가 없어졌습니다. 없는 폴더: { $folder }
work-main-detached = 기본 폴더에 체크아웃된 브랜치가 없어 병합할 곳이 없습니다. 먼저 브랜치를 체크아웃하거나, 작업을 브랜치로 넘겨받아 주세요.
work-main-unfinished = 기본 폴더에 끝나지 않은 병합이나 리베이스가 있습니다(브랜치: { $branch }). 먼저 끝내거나 취소해 주세요.
work-main-dirty = 기본 폴더에 커밋되지 않은 변경이 있는 파일이 { $count }개 있습니다({ $files }). 먼저 커밋하거나 스태시해 주세요. 아무것도 병합하지 않았습니다(브랜치: { $branch }).
work-main-in-way = git이 추적하지 않는 기본 폴더의 파일을 덮어쓰게 됩니다: { $files }. 먼저 다른 곳으로 옮겨 주세요. 아무것도 병합하지 않았습니다.
work-conflicts = 양쪽에서 모두 변경된 파일이 { $count }개 있습니다({ $files }). 아무것도 병합하지 않았고, 브랜치는 그대로입니다(브랜치: { $branch }).
work-would-lose = 사라질 작업이 있어 워크트리를 삭제하지 않았습니다({ $name }). { $commits ->
    [0] { $changed ->
        [0] 끝나지 않은 병합이나 리베이스가 있습니다.
       *[other] 커밋되지 않은 변경이 있는 파일: { $changed }개({ $files }).
      }
   *[other] 다른 브랜치에 없는 커밋: { $commits }개{ $changed ->
        [0] .
       *[other] , 커밋되지 않은 변경이 있는 파일: { $changed }개({ $files }).
      }
  } 병합하거나 브랜치로 넘겨받아 주세요.

# 에이전트가 보내는 파일.
work-file-no-path = 파일 이름이 없습니다.
work-file-missing = 파일이 없습니다: { $path }
work-file-outside = 파일을 보내지 않았습니다: { $path }. 작업 폴더나 이 대화의 파일 폴더에 있는 파일만 보낼 수 있습니다.
work-file-private = 파일을 보내지 않았습니다: { $path }. Parley 자체의 파일입니다.
work-file-not-regular = 파일을 보내지 않았습니다: { $path }. 일반 파일이 아닙니다.
work-file-folder = 보내지 않았습니다: { $path }. 폴더이므로 먼저 압축해 주세요.
work-file-forbidden = 파일을 보내지 않았습니다: { $path }. 읽을 수 없는 파일입니다.
work-file-empty = 파일을 보내지 않았습니다: { $name }. 빈 파일입니다.
work-file-too-big = 파일을 보내지 않았습니다: { $name }. 크기가 { $size }MB이며, 최대 { $limit }MB까지 보낼 수 있습니다.
work-file-not-kept = 파일을 보내지 않았습니다: { $name }. 이유: { $detail }

# 음성 메시지.
work-voice-none = 음성 메시지를 파일로 보관했지만, 아직 글로 바꿀 수 없습니다. Parley 운영자가 config.toml의 [voice]에서 음성 인식기를 설정할 수 있습니다.
work-voice-not-found = 음성 메시지를 파일로 보관했습니다. 음성 인식기를 시작할 수 없습니다. 찾을 수 없는 명령: “{ $command }”
work-voice-slow = 음성 메시지를 파일로 보관했습니다. 음성 인식이 { $seconds }초 안에 끝나지 않아 중단했습니다.
work-voice-failed = 음성 메시지를 파일로 보관했습니다. 음성 인식에 실패했습니다: { $detail }
work-voice-unreachable = 음성 메시지를 파일로 보관했습니다. 음성 인식 서비스에 연결할 수 없습니다.
work-voice-refused = 음성 메시지를 파일로 보관했습니다. 음성 인식 서비스가 설정된 키를 거부했습니다.
work-voice-busy = 음성 메시지를 파일로 보관했습니다. 음성 인식 서비스가 혼잡합니다. 잠시 후 메시지를 다시 보내 주세요.
work-voice-too-big = 음성 메시지를 파일로 보관했습니다. 음성 인식 서비스가 처리하기에는 너무 깁니다.
work-voice-silent = 음성 메시지를 파일로 보관했습니다. 알아들은 말이 없습니다.
