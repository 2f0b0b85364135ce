use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

// From here on a bare number counts milliseconds: as seconds it would be in the year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Unix milliseconds of the usual spellings of a time; without an offset it is UTC.
pub fn read_time_ms(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(if number.abs() < MILLISECONDS_FROM {
            number * 1000
        } else {
            number
        });
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    for format in [
        "%Y-%m-%dT%H:%M:%S%.f%z",
        "%Y-%m-%d %H:%M:%S%.f%z",
        "%Y-%m-%d %H:%M:%S%.f %z",
    ] {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return Some(time.timestamp_millis());
        }
    }
    for format in [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return Some(time.and_utc().timestamp_millis());
        }
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
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
            "2013-11-07T06:20:48",
            "2013-11-07 06:20:48",
            "2013-11-07T06:20:48Z",
            "2013-11-07T06:20:48+0000",
            "2013-11-07T06:20:48.000000",
            "2013-11-07T08:20:48+02:00",
            "2013-11-07 08:20:48 +0200",
        ] {
            assert_eq!(read_time_ms(text), moment, "{text}");
        }
        assert_eq!(read_time_ms("2013-11-07"), Some(1_383_782_400_000));
        assert_eq!(read_time_ms("yesterday"), None);
    }
}
