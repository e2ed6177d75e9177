from tests.bench.work import commits


def test_a_transaction_is_one_commit_and_a_lone_write_another() -> None:
    lone = ["INSERT INTO inbox", "SELECT 1", "UPDATE turn"]
    together = ["BEGIN IMMEDIATE", "INSERT INTO turn", "UPDATE inbox", "COMMIT"]

    assert commits(lone) == 2
    assert commits(together) == 1
    assert commits([*lone, *together, "UPDATE turn SET x"]) == 4


def test_what_triggers_do_is_part_of_their_statement() -> None:
    traced = ["UPDATE turn", "-- REPLACE INTO search", "UPDATE turn", "UPDATE turn"]

    assert commits(traced) == 1
