package token

import (
	"strings"
	"time"
)

// part is one of the methods of a timestamp that tell a part of it, in UTC or in the time zone that is named. Months, and the days of a
// month, a year and a week are counted from 0; getDate counts the days of a month from 1, and a week begins on Sunday.
//
// Source: https://cloud.google.com/iam/docs/conditions-attribute-reference#date-time and https://github.com/google/cel-spec.
func (p *celParser) part(of celValue, method string, with []celValue) celValue {
	if of.kind != celMoment || len(with) > 1 || len(with) == 1 && with[0].kind != celText {
		return celValue{}
	}
	at := of.at.UTC()
	if len(with) == 1 {
		zone, ok := zoneOf(with[0].text)
		if !ok {
			return celValue{}
		}
		at = at.In(zone)
	}
	n, ok := map[string]int{
		"getFullYear": at.Year(), "getMonth": int(at.Month()) - 1, "getDate": at.Day(), "getDayOfMonth": at.Day() - 1, "getDayOfYear": at.YearDay() - 1,
		"getDayOfWeek": int(at.Weekday()), "getHours": at.Hour(), "getMinutes": at.Minute(), "getSeconds": at.Second(),
	}[method]
	if !ok {
		return celValue{}
	}
	return celValue{kind: celNumber, n: int64(n), timed: of.timed}
}

// zoneOf is a time zone by its IANA name, which the standard library looks up in the time zone data of the machine, or by its distance from
// UTC: "Europe/Berlin", "-08:00". It is not ok where the machine has no
// data of that zone.
func zoneOf(name string) (*time.Location, bool) {
	if distance, err := time.Parse("-07:00", name); err == nil {
		return distance.Location(), true
	}
	if distance, err := time.Parse("-07:00", "+"+name); err == nil {
		return distance.Location(), true
	}
	if name == "" || strings.EqualFold(name, "local") {
		return nil, false // the machine's own, which the condition cannot mean
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}
