from __future__ import annotations

import pytest

from server.gateways.bandwidth_codes import FAILURES, Failure, Retry, failure_of_code, failure_of_status

NEVER, BY_HAND, ON_VERIFIED = Retry("never"), Retry("by_hand"), Retry("on_verified")
BACKOFF = Retry("after", (30_000, 120_000, 600_000))
AFTER_AN_HOUR, ONCE = Retry("after", (3_600_000,)), Retry("after", (30_000,))

# The table once more, as it is published to firms, so that neither copy changes alone.
PUBLISHED = """
    unreachable   never        4303 4350 4401 4404 4406 4408 4420 4421 4432 4434 4492 4720 4721
    unreachable   by_hand      4701 4730
    rejected      never        4470 4481 4700 4735 4740 4750 4751 4752 4753 4754 4770 4771 4772 4773 4774
    rejected      never        4790 4791 4792 4793
    opted_out     never        4475 4775
    temporary     backoff      5100 5101 5111 5201 5211 5220 5501
    temporary     hour         4780 4781 4785
    temporary     by_hand      4360 4702 4794 5106 5231
    carrier_error once         5500 5600 5610 5620 5630 5650
    blocked       on_verified  4795 4476
    unknown       by_hand      5999 9999
    unconfirmed   by_hand      9902
    setup         never        4001 4302 4403 4405 4407 4431 4433 4435 4451 4452 4493
    content       never        4301 4409 4410 4710 4411 4711 4412 4712
"""
RETRIES = {
    "never": NEVER,
    "by_hand": BY_HAND,
    "on_verified": ON_VERIFIED,
    "backoff": BACKOFF,
    "hour": AFTER_AN_HOUR,
    "once": ONCE,
}
ROWS = [
    (int(code), reason, RETRIES[retry])
    for reason, retry, *codes in map(str.split, PUBLISHED.strip().splitlines())
    for code in codes
]


@pytest.mark.parametrize(("code", "reason", "retry"), ROWS)
def test_f1_every_published_code_has_its_reason_and_retry(code: int, reason: str, retry: Retry) -> None:
    failure = failure_of_code(code, verified=True)
    assert (failure.reason, failure.retry) == (reason, retry)
    assert not failure.pauses


def test_f1_the_table_holds_the_published_codes_and_no_others() -> None:
    assert set(FAILURES) == {code for code, _, _ in ROWS}
    assert len(ROWS) == len(FAILURES)


@pytest.mark.parametrize("code", [4470, 4481, 4770, 4772, 4476, 4795])
def test_s4_a_refusal_of_an_unverified_number_is_blocked(code: int) -> None:
    assert failure_of_code(code, verified=False) == Failure("blocked", ON_VERIFIED)


@pytest.mark.parametrize("code", [code for code, _, _ in ROWS if code not in {4470, 4481, 4770, 4772}])
def test_s4_verification_changes_no_other_code(code: int) -> None:
    assert failure_of_code(code, verified=False) == failure_of_code(code, verified=True)


@pytest.mark.parametrize(
    ("code", "retry"),
    [
        (4098, NEVER),
        (4199, NEVER),
        (4698, NEVER),
        (4799, NEVER),
        (5000, BACKOFF),
        (5598, BACKOFF),
        (5699, ONCE),
        (5700, BY_HAND),
        (4800, BY_HAND),
        (3999, BY_HAND),
        (0, BY_HAND),
        (-1, BY_HAND),
        (123_456, BY_HAND),
    ],
)
def test_f1_a_code_invented_tomorrow_is_judged_by_its_range(code: int, retry: Retry) -> None:
    assert failure_of_code(code, verified=True) == Failure("unknown", retry)


@pytest.mark.parametrize(
    ("status", "fields", "expected"),
    [
        (400, {"to"}, Failure("unreachable", NEVER)),
        (400, {"to", "text"}, Failure("unreachable", NEVER)),
        (400, {"text"}, Failure("content", NEVER)),
        (400, {"from"}, Failure("setup", NEVER)),
        (400, {"applicationId"}, Failure("setup", NEVER)),
        (400, set(), Failure("unknown", BY_HAND)),
        (400, {"priority"}, Failure("unknown", BY_HAND)),
        (401, set(), Failure("setup", NEVER, pauses=True)),
        (403, set(), Failure("setup", NEVER, pauses=True)),
        (404, set(), Failure("setup", NEVER)),
        (415, set(), Failure("setup", NEVER)),
        (302, set(), Failure("setup", NEVER)),
        (408, set(), Failure("temporary", BACKOFF)),
        (429, set(), Failure("temporary", BACKOFF)),
        (500, set(), Failure("temporary", BACKOFF)),
        (503, set(), Failure("temporary", BACKOFF)),
        (418, set(), Failure("unknown", BY_HAND)),
    ],
)
def test_f1_every_http_refusal_has_its_reason(status: int, fields: set[str], expected: Failure) -> None:
    assert failure_of_status(status, fields) == expected


def test_f3_temporary_errors_are_retried_three_times_and_then_no_more() -> None:
    assert [BACKOFF.after_ms(failures, 0.0) for failures in range(6)] == [
        None,
        30_000,
        120_000,
        600_000,
        None,
        None,
    ]


def test_f3_jitter_only_lengthens_a_delay() -> None:
    assert BACKOFF.after_ms(1, 0.999) == pytest.approx(37_500, abs=10)
    assert AFTER_AN_HOUR.after_ms(1, 0.5) == 4_050_000


@pytest.mark.parametrize("retry", [NEVER, BY_HAND, ON_VERIFIED])
def test_f3_nothing_else_is_retried_without_a_person(retry: Retry) -> None:
    assert retry.after_ms(1, 0.5) is None
