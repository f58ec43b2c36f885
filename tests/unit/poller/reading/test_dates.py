"""Dates of feeds: every form, in several languages, and what is no date."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.poller.reading import dates, months
from services.poller.reading.dates import MAX_AHEAD, YEARS, Dating, NoDate, read_date

HALF_PAST_ONE = datetime(2031, 5, 6, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        # RFC 3339, W3CDTF, ISO 8601
        "2031-05-06T13:30:00Z",
        "2031-05-06T15:30:00+02:00",
        "2031-05-06T13:30:00.123456Z",
        "2031-05-06T15:30:00 +0200",
        "2031-05-06 13:30:00",
        "2031-05-06T13:30",
        "2031-5-6 13:30:00",
        "20310506T133000Z",
        "20310506133000",
        # RFC 822, 850, 2822 and what is like them
        "Tue, 06 May 2031 13:30:00 GMT",
        "Tue, 6 May 2031 13:30 +0000",
        "Tue,06 May 2031 13:30:00GMT",
        "06 May 31 13:30:00 UT",
        "Tuesday, 06-May-31 13:30:00 GMT",
        "Tue, 06 May 2031 08:30:00 CDT",
        "Tue, 06 May 2031 09:30:00 EDT",
        "Tue, 06 May 2031 15:30:00 CEST",
        "Tue, 06 May 2031 22:30:00 JST",
        "Tue, 06 May 2031 15:30:00 GMT+0200",
        "Tue, 06 May 2031 15:30:00 GMT+2",
        "Tue, 06 May 2031 08:30:00 -0500 (CDT)",
        "Tue, 06 May 2031 13:30:00 A",
        # C, Unix, epochs
        "Tue May  6 13:30:00 2031",
        "Tue May 06 15:30:00 CEST 2031",
        "1935840600",
        "1935840600000",
        # as people write
        "May 6, 2031 1:30 PM",
        "May 6, 2031 at 1:30 p.m.",
        "Tuesday, May 6th, 2031 13:30",
        "6th of May 2031, 13:30",
        "13:30, 6 May 2031",
        "2031 May 06 13:30",
        "2031/05/06 13:30:00",
        "2031.05.06 13:30",
        "06.05.2031 13:30",
        "06.05.2031, 13.30 Uhr",
    ],
)
def test_a_form_of_dates_is_read(text):
    assert read_date(text, Dating()) == HALF_PAST_ONE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "الثلاثاء، ٦ مايو ٢٠٣١ ١٣:٣٠"),
        ("ar-IQ", "6 أيار 2031 13:30"),
        ("bg", "6 май 2031 г., 13:30"),
        ("ca", "6 de maig de 2031 13:30"),
        ("cs", "út, 06 května 2031 13:30:00 +0000"),
        ("da", "tirsdag den 6. maj 2031 13.30"),
        ("de", "Di, 06 Mai 2031 13:30:00 +0000"),
        ("el", "Τρί, 06 Μαΐου 2031 13:30:00 +0000"),
        ("es", "martes, 6 de mayo de 2031 13:30"),
        ("et", "6. mai 2031 13:30"),
        ("fi", "Ti, 06 Tou 2031 13:30:00 +0000"),
        ("fi", "6. toukokuuta 2031 klo 13.30"),
        ("fr", "mar., 06 mai 2031 13:30:00 +0000"),
        ("fr", "mardi 6 mai 2031 à 13h30"),
        ("he", "6 במאי 2031 13:30"),
        ("hi", "६ मई २०३१ १३:३०"),
        ("hr", "uto, 06 svibnja 2031 13:30:00 +0000"),
        ("hu", "2031. május 6., kedd 13:30"),
        ("id", "Selasa, 06 Mei 2031 13:30"),
        ("it", "mar, 06 mag 2031 13:30:00 +0000"),
        ("ja", "2031年5月6日 13時30分"),
        ("ko", "2031년 5월 6일 오후 1:30"),
        ("lt", "2031 m. gegužės 6 d. 13:30"),
        ("nl", "di, 06 mei 2031 13:30:00 +0000"),
        ("pl", "wt., 06 maja 2031 13:30:00 +0000"),
        ("pt", "ter, 06 mai 2031 13:30:00 +0000"),
        ("ro", "mar., 06 mai 2031 13:30:00 +0000"),
        ("ru", "вт, 06 мая 2031 13:30:00 +0000"),
        ("sr", "уто, 06 мај 2031 13:30:00 +0000"),
        ("sv", "tis, 06 maj 2031 13:30:00 +0000"),
        ("th", "6 พ.ค. 2031 13:30"),
        ("tr", "Sal, 06 May 2031 13:30:00 +0000"),
        ("uk", "вт, 06 трав. 2031 13:30:00 +0000"),
        ("vi", "6 tháng 5, 2031 13:30"),
        ("zh", "2031年05月06日 下午1:30"),
    ],
)
@pytest.mark.parametrize("declares", [True, False], ids=["language declared", "not declared"])
def test_names_of_months_are_read_whether_the_feed_declares_its_language_or_not(
    language, text, declares
):
    assert read_date(text, Dating(language=language if declares else None)) == HALF_PAST_ONE


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "1", "1001", "2031", "2031-05", "yesterday 13:30", "0000-00-00 00:00:00",
        "Tue, 31 Feb 2031 13:30:00 GMT", "2031-05-06T25:30:00Z", "2031-05-06T13:61:00Z",
        "2031-05-06T13:30:00+25:00", "05/06/2031 13:30", "05-06-2031", "6 Foo 2031 13:30",
        "Tue, 06 May 2031 13:30:00 QQQ", "6 May 2031 and 7 June 2032", "6 พฤษภาคม 2574 13:30",
        "x" * 101,
    ],
)  # fmt: skip
def test_a_text_of_no_reading_or_of_two_is_no_date(text):
    with pytest.raises(NoDate):
        read_date(text, Dating())


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [("25/04/2031", 4, 25), ("4/25/2031", 4, 25), ("05/05/2031", 5, 5)],
)
def test_a_day_beyond_twelve_tells_day_and_month_apart(text, month, day):
    assert read_date(text, Dating()) == datetime(2031, month, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "is_date"),
    [
        (YEARS.start - 1, False),
        (YEARS.start, True),
        (YEARS.stop - 1, True),
        (YEARS.stop, False),
    ],
)
def test_years_outside_those_of_news_sites_are_no_dates(year, is_date):
    text = f"{year}-05-06T13:30:00Z"
    if is_date:
        assert read_date(text, Dating()).year == year
    else:
        with pytest.raises(NoDate):
            read_date(text, Dating())


def test_a_date_more_than_a_day_after_the_poll_is_none():
    at = HALF_PAST_ONE - MAX_AHEAD
    assert read_date("2031-05-06T13:30:00Z", Dating(at)) == HALF_PAST_ONE
    with pytest.raises(NoDate, match="after the poll"):
        read_date("2031-05-06T13:30:00Z", Dating(at - timedelta(seconds=1)))


@pytest.mark.parametrize("month_of_the_clock", range(1, 13))
def test_the_machine_s_clock_decides_nothing(monkeypatch, month_of_the_clock):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, month_of_the_clock, 1, 0, 0, 0, 0, tz)

    monkeypatch.setattr(dates, "datetime", Clock)
    assert read_date("2031/05/06 13:30:00", Dating()) == HALF_PAST_ONE


def test_the_zone_of_the_feed_counts_where_a_date_gives_none():
    rome = Dating(zone=ZoneInfo("Europe/Rome"))
    assert read_date("2031-05-06 15:30", rome) == HALF_PAST_ONE
    assert read_date("2031-05-06T13:30:00Z", rome) == HALF_PAST_ONE
    assert read_date("Tue, 06 May 2031 13:30:00 GMT", rome) == HALF_PAST_ONE


def test_a_zone_name_with_several_meanings_follows_the_feed_or_is_none():
    text = "Tue, 06 May 2031 19:00:00 IST"
    assert read_date(text, Dating(language="en-IN")) == HALF_PAST_ONE
    assert read_date(text, Dating(zone=ZoneInfo("Asia/Kolkata"))) == HALF_PAST_ONE
    with pytest.raises(NoDate, match="several"):
        read_date(text, Dating(language="en"))


def test_midnight_may_be_hour_24_and_a_leap_second_is_the_second_before_it():
    midnight = datetime(2031, 5, 7, tzinfo=UTC)
    assert read_date("2031-05-06T24:00:00Z", Dating()) == midnight
    second_before = midnight - timedelta(seconds=1)
    assert read_date("2031-05-06T23:59:60Z", Dating()) == second_before


def test_a_name_that_means_two_months_needs_the_language():
    assert (months.month("listopada", "pl"), months.month("listopada", "hr")) == (11, 10)
    assert months.month("listopada", None) is None
