use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};

// What a bare number counts is told by its size. Each of these is in the year 5138.
const MILLISECONDS_FROM: u64 = 100_000_000_000;
const MICROSECONDS_FROM: u64 = 1_000 * MILLISECONDS_FROM;
const NANOSECONDS_FROM: u64 = 1_000 * MICROSECONDS_FROM;

/// Unix milliseconds of the usual spellings of a time; without an offset it is UTC. Spellings that put the month
/// first are not read: they cannot be told from those that put the day first.
pub fn read_time_ms(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(milliseconds(number));
    }
    // A table with gaps writes whole numbers with a decimal point.
    if let Ok(number) = text.parse::<f64>()
        && number.is_finite()
    {
        return Some(match number.abs() < MILLISECONDS_FROM as f64 {
            true => (number * 1_000.0).round() as i64,
            false => milliseconds(number as i64),
        });
    }
    read_with_offset(text).or_else(|| read_utc(text.trim_end_matches(" UTC").trim_end_matches(" GMT")))
}

fn milliseconds(number: i64) -> i64 {
    match number.unsigned_abs() {
        0..MILLISECONDS_FROM => number * 1_000,
        MILLISECONDS_FROM..MICROSECONDS_FROM => number,
        MICROSECONDS_FROM..NANOSECONDS_FROM => number / 1_000,
        _ => number / 1_000_000,
    }
}

fn read_with_offset(text: &str) -> Option<i64> {
    let standard = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text));
    let read = standard.ok().or_else(|| {
        [
            "%Y-%m-%dT%H:%M:%S%.f%z",
            "%Y-%m-%d %H:%M:%S%.f%z",
            "%Y-%m-%d %H:%M:%S%.f %z",
            "%a %b %d %H:%M:%S %z %Y",
        ]
        .iter()
        .find_map(|format| DateTime::parse_from_str(text, format).ok())
    });
    read.map(|time| time.timestamp_millis())
}

fn read_utc(text: &str) -> Option<i64> {
    let moment = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%Y/%m/%d %H:%M:%S%.f",
        "%Y/%m/%d %H:%M",
        "%d.%m.%Y %H:%M:%S%.f",
        "%d.%m.%Y %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let day = || {
        ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y"]
            .iter()
            .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
            .map(|day| day.and_time(NaiveTime::MIN))
    };
    // Two digits would be a year of antiquity.
    let time = moment.or_else(day).filter(|time| time.year() >= 1_000)?;
    Some(time.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_spellings_of_one_moment_agree() {
        let moment = Some(1_383_805_248_000);
        for text in [
            "1383805248",
            "1383805248000",
            "1383805248000000",
            "1383805248000000000",
            "1383805248.0",
            "1.383805248e9",
            "1383805248000.0",
            "2013-11-07T06:20:48",
            "2013-11-07 06:20:48",
            "2013-11-07T06:20:48Z",
            "2013-11-07T06:20:48+0000",
            "2013-11-07T06:20:48.000000",
            "2013-11-07T08:20:48+02:00",
            "2013-11-07 08:20:48 +0200",
            "2013-11-07 06:20:48+00:00",
            "2013-11-07 06:20:48 UTC",
            "2013/11/07 06:20:48",
            "07.11.2013 06:20:48",
            "Thu, 07 Nov 2013 06:20:48 GMT",
            "Thu Nov 07 06:20:48 +0000 2013",
        ] {
            assert_eq!(read_time_ms(text), moment, "{text}");
        }
        for day in ["2013-11-07", "2013/11/07", "07.11.2013"] {
            assert_eq!(read_time_ms(day), Some(1_383_782_400_000), "{day}");
        }
        for text in ["yesterday", "07.11.13", "11/07/2013", "NaN", "inf"] {
            assert_eq!(read_time_ms(text), None, "{text} has no one meaning");
        }
    }
}
