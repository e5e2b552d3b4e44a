"""Notifies people of alarms by webhook and e-mail: new ones, reminders, and those that are over."""

from crawler.jobs.notifiers.declared import Notifiers as Notifiers
from crawler.jobs.notifiers.message import lines as lines
from crawler.jobs.notifiers.sending import notify as notify
from crawler.jobs.notifiers.sending import tell as tell
from crawler.jobs.notifiers.sending import tick as tick
