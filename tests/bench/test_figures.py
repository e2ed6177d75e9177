from tests.bench.figures import quantile, report, row, table


def test_a_quantile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]

    assert quantile(values, 0.5) == 51
    assert quantile(values, 0.99) == 100
    assert quantile([7.0], 0.99) == 7


def test_a_row_tells_how_much_slower_it_is_than_the_bare_cli() -> None:
    measured = row("said → called", [30.0, 10.0, 20.0], target="5 / 20", alone=[10.0])

    assert measured.ratio == 2
    assert "| said → called | ms | 3 | 20 | 30 | 5 / 20 | 10 | 2 |" in table([measured])
    assert report({}, [measured])["rows"][0]["ratio"] == 2


def test_what_was_counted_once_has_no_p99() -> None:
    assert "| lost |  | 1 | 0 |  |  |  |  |" in table([row("lost", [0.0], unit="")])
