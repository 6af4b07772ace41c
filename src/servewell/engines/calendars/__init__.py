"""Says when a desk is open, and how much open time lies between two moments: weeks, exceptions, time zones.

from servewell.engines import calendars

week = calendars.Week(zone="Asia/Shanghai", days=(calendars.shifts("09:00-18:00"),) * 5 + ((),) * 2)
week.is_open(at), week.next_open(at), week.open_seconds(a, b), week.after(a, 4 * 3600)
"""

from servewell.engines.calendars.errors import CalendarError
from servewell.engines.calendars.shifts import Shift, shifts, tidy
from servewell.engines.calendars.week import Week

__all__ = ["CalendarError", "Shift", "Week", "shifts", "tidy"]
