"""The errors of baotinh; each carries values, and its message says what to do.

BaotinhError
├── UsageError                      the caller asked for what cannot be: exit code 2
│   ├── UnknownNewspaper            name, known
│   ├── UnknownProvince             name, known
│   ├── UnknownSection              newspaper, name, known
│   ├── BadDeclaration              path, line, attribute, found, mend
│   ├── ContactMissing              found
│   ├── CollectionMissing           path, near
│   ├── CollectionTooNew            path, found, supported
│   ├── CollectionOutdated          path, found, supported
│   ├── NothingToAdopt              host, known
│   ├── HostNotDeclared             newspaper, host, hosts
│   ├── HeldTwice                   newspaper, host, count, id, own
│   ├── BackupInside                path, collection
│   ├── MergeConflict               path, source, name
│   ├── NotABackup                  path, found
│   ├── PlaceUnusable               url, reason
│   ├── PlaceTaken                  url, found
│   ├── NoPlace                     path
│   ├── NoBackup                    url, found
│   ├── FileMissing                 path, wanted
│   ├── NotAWarc                    path, fault
│   ├── OutputExists                path
│   ├── LinkImpossible              path, reason
│   ├── NotADemonstration           path
│   ├── BadSetName                  found
│   ├── UnknownSet                  name, known
│   ├── SetExists                   name, path
│   ├── SigningKeyUnusable          path, reason
│   ├── BadQuery                    query, fault, start, end, detail, day, literal
│   ├── BadCdxQuery                 parameter, found, helps
│   ├── BadAcceptDatetime           found
│   ├── NoSuchDay                   text, fault, month, year, first, last
│   ├── BadAddress                  url
│   ├── NoHostName                  url, host
│   ├── BadDay                      name, found
│   ├── NoDaysBetween               since, until
│   ├── BadLoopback                 found
│   ├── BadSetting                  name, found, expected
│   ├── BadSchedule                 path, problems
│   ├── BadConfiguration            path, problems
│   ├── SettingsWrong               faults
│   ├── TwoSchedules                path, other
│   ├── UnknownJob                  name, known
│   ├── UnknownRun                  name
│   ├── UnknownAlarm                found, known
│   ├── UnknownAlarmKind            found, known
│   ├── UnknownMute                 found, known
│   ├── NothingToWithhold           subject
│   ├── NotWithheld                 subject, known
│   ├── PurgeElsewhere              name, folder
│   ├── PurgeTooShort               name, offset, length, least
│   ├── AddressWithheld             url, reason
│   ├── NoSuchPage                  place, reason
│   ├── UnknownPicture              found
│   ├── UnknownVersion              id, found, held
│   └── UnknownArticle              id
│       └── ArticleWithheld         id, reason
├── CollectionError                 the collection cannot be used now: exit code 1
│   ├── CollectionUnwritable        path, reason
│   ├── CollectionInconsistent      path, reason
│   ├── PlacesUnreadable            path, reason
│   ├── PlaceFailed                 url, reason
│   ├── CatalogDamaged              path, reason
│   ├── ClockSetBack                found, latest
│   ├── NewspaperLocked             newspaper, path
│   ├── DaemonMissing               path why
│   ├── DaemonRefused               reason
│   ├── SchedulerRunning            path
│   ├── CollectionBusy              path
│   ├── NoRoom                      path, needed, free
│   ├── PicturesBusy                path
│   ├── IndexBusy                   path
│   └── ReprintsBusy                path
├── RecordError                     a WARC record cannot be read: exit code 1
│   ├── RecordDamaged               path, offset, fault
│   │   └── RecordsShareMember      path, offset
│   ├── ArchiveDamaged              path, offset, fault, is_repairable
│   ├── OriginalMissing             url, record_id, path
│   └── RecordMissing               record_id
├── PageError                       a page cannot become an article
│   ├── NotAnArticle                url, missing
│   └── PageUnreadable              url, failure, detail, tries
├── OutputUnwritable                path, reason: exit code 1
├── SetDamaged                      path, damage, found: exit code 1
├── WorkerLost                      process, code: exit code 1
├── DaskMissing                     exit code 1
├── SchedulerUnreachable            address, reason: exit code 1
├── ClusterLost                     address, reason: exit code 1
├── WorkerUnfit                     worker, fault, found, expected: exit code 1
├── NothingSaved                    path: exit code 1
├── CaptureMissing                  url, path: a source archive lacks an address
├── TapBroken                       found: exit code 1
├── NetworkDown                     newspaper, reason: exit code 1
├── SectionsUnread                  newspaper, reason: exit code 1
├── BrowserMissing                  newspaper, wanted, mend: exit code 1
├── LeasesUnreachable               server, reason: exit code 1
├── NewspaperLeased                 newspaper, machine: exit code 1
├── NotCaptured                     urls: exit code 1
├── NothingToRead                   place, reason, mend: exit code 1
├── PortTaken                       host, port, option: exit code 1
├── ServerLost                      process, code: exit code 1
├── AddressUnusable                 host, port, reason: exit code 1
├── ViewerMissing                   path: exit code 1
├── ViewerNotFetched                package, reason: exit code 1
├── ViewerRefused                   path, reason, expected: exit code 1
├── PywbMissing                 path: exit code 1
├── PywbNotInstalled            path, reason: exit code 1
└── PywbEnded                   code, log: exit code 1
"""

from archive.errors.base import BaotinhError as BaotinhError
from archive.errors.base import UsageError as UsageError
from archive.errors.batch import ClusterLost as ClusterLost
from archive.errors.batch import DaskMissing as DaskMissing
from archive.errors.batch import SchedulerUnreachable as SchedulerUnreachable
from archive.errors.batch import WorkerFault as WorkerFault
from archive.errors.batch import WorkerUnfit as WorkerUnfit
from archive.errors.collections import BackupInside as BackupInside
from archive.errors.collections import CatalogDamaged as CatalogDamaged
from archive.errors.collections import ClockSetBack as ClockSetBack
from archive.errors.collections import CollectionBusy as CollectionBusy
from archive.errors.collections import CollectionError as CollectionError
from archive.errors.collections import CollectionInconsistent as CollectionInconsistent
from archive.errors.collections import CollectionMissing as CollectionMissing
from archive.errors.collections import CollectionOutdated as CollectionOutdated
from archive.errors.collections import CollectionTooNew as CollectionTooNew
from archive.errors.collections import CollectionUnwritable as CollectionUnwritable
from archive.errors.collections import DaemonMissing as DaemonMissing
from archive.errors.collections import DaemonRefused as DaemonRefused
from archive.errors.collections import HeldTwice as HeldTwice
from archive.errors.collections import HostNotDeclared as HostNotDeclared
from archive.errors.collections import IndexBusy as IndexBusy
from archive.errors.collections import MergeConflict as MergeConflict
from archive.errors.collections import NewspaperLocked as NewspaperLocked
from archive.errors.collections import NoBackup as NoBackup
from archive.errors.collections import NoPlace as NoPlace
from archive.errors.collections import NoRoom as NoRoom
from archive.errors.collections import NotABackup as NotABackup
from archive.errors.collections import NotADemonstration as NotADemonstration
from archive.errors.collections import NothingToAdopt as NothingToAdopt
from archive.errors.collections import PlaceFailed as PlaceFailed
from archive.errors.collections import PlacesUnreadable as PlacesUnreadable
from archive.errors.collections import PlaceTaken as PlaceTaken
from archive.errors.collections import PlaceUnusable as PlaceUnusable
from archive.errors.collections import ReprintsBusy as ReprintsBusy
from archive.errors.collections import SchedulerRunning as SchedulerRunning
from archive.errors.collections import WorkerLost as WorkerLost
from archive.errors.declared import AddressWithheld as AddressWithheld
from archive.errors.declared import ArticleWithheld as ArticleWithheld
from archive.errors.declared import BadAddress as BadAddress
from archive.errors.declared import BadConfiguration as BadConfiguration
from archive.errors.declared import BadDay as BadDay
from archive.errors.declared import BadDeclaration as BadDeclaration
from archive.errors.declared import BadLoopback as BadLoopback
from archive.errors.declared import BadSchedule as BadSchedule
from archive.errors.declared import BadSetting as BadSetting
from archive.errors.declared import ContactMissing as ContactMissing
from archive.errors.declared import NoDaysBetween as NoDaysBetween
from archive.errors.declared import NoHostName as NoHostName
from archive.errors.declared import NothingToWithhold as NothingToWithhold
from archive.errors.declared import NotWithheld as NotWithheld
from archive.errors.declared import Problem as Problem
from archive.errors.declared import PurgeElsewhere as PurgeElsewhere
from archive.errors.declared import PurgeTooShort as PurgeTooShort
from archive.errors.declared import SettingsWrong as SettingsWrong
from archive.errors.declared import TwoSchedules as TwoSchedules
from archive.errors.declared import UnknownAlarm as UnknownAlarm
from archive.errors.declared import UnknownAlarmKind as UnknownAlarmKind
from archive.errors.declared import UnknownArticle as UnknownArticle
from archive.errors.declared import UnknownJob as UnknownJob
from archive.errors.declared import UnknownMute as UnknownMute
from archive.errors.declared import UnknownNewspaper as UnknownNewspaper
from archive.errors.declared import UnknownProvince as UnknownProvince
from archive.errors.declared import UnknownRun as UnknownRun
from archive.errors.declared import UnknownSection as UnknownSection
from archive.errors.export import BadSetName as BadSetName
from archive.errors.export import OutputUnwritable as OutputUnwritable
from archive.errors.export import SetDamage as SetDamage
from archive.errors.export import SetDamaged as SetDamaged
from archive.errors.export import SetExists as SetExists
from archive.errors.export import SigningKeyUnusable as SigningKeyUnusable
from archive.errors.export import UnknownSet as UnknownSet
from archive.errors.pages import NoSuchPage as NoSuchPage
from archive.errors.pages import NotAnArticle as NotAnArticle
from archive.errors.pages import NothingToRead as NothingToRead
from archive.errors.pages import PageError as PageError
from archive.errors.pages import PageUnreadable as PageUnreadable
from archive.errors.pages import ReadingFailure as ReadingFailure
from archive.errors.pictures import PicturesBusy as PicturesBusy
from archive.errors.pictures import UnknownPicture as UnknownPicture
from archive.errors.query import BadQuery as BadQuery
from archive.errors.query import DayFault as DayFault
from archive.errors.query import NoSuchDay as NoSuchDay
from archive.errors.query import QueryFault as QueryFault
from archive.errors.query import UnknownVersion as UnknownVersion
from archive.errors.records import ArchiveDamaged as ArchiveDamaged
from archive.errors.records import CaptureMissing as CaptureMissing
from archive.errors.records import FileMissing as FileMissing
from archive.errors.records import LinkImpossible as LinkImpossible
from archive.errors.records import NotAWarc as NotAWarc
from archive.errors.records import NothingSaved as NothingSaved
from archive.errors.records import OriginalMissing as OriginalMissing
from archive.errors.records import OutputExists as OutputExists
from archive.errors.records import RecordDamaged as RecordDamaged
from archive.errors.records import RecordError as RecordError
from archive.errors.records import RecordMissing as RecordMissing
from archive.errors.records import RecordsShareMember as RecordsShareMember
from archive.errors.records import no_archive as no_archive
from archive.errors.replay import BadAcceptDatetime as BadAcceptDatetime
from archive.errors.replay import BadCdxQuery as BadCdxQuery
from archive.errors.runs import AddressUnusable as AddressUnusable
from archive.errors.runs import BrowserMissing as BrowserMissing
from archive.errors.runs import CertificateUnusable as CertificateUnusable
from archive.errors.runs import FailureKind as FailureKind
from archive.errors.runs import LeasesUnreachable as LeasesUnreachable
from archive.errors.runs import NetworkDown as NetworkDown
from archive.errors.runs import NewspaperLeased as NewspaperLeased
from archive.errors.runs import NotCaptured as NotCaptured
from archive.errors.runs import PortTaken as PortTaken
from archive.errors.runs import SectionsUnread as SectionsUnread
from archive.errors.runs import ServerLost as ServerLost
from archive.errors.runs import TapBroken as TapBroken
from archive.errors.runs import failure_kind as failure_kind
from archive.errors.runs import read_failure as read_failure
from archive.errors.runs import write_failure as write_failure
from archive.errors.viewer import PywbEnded as PywbEnded
from archive.errors.viewer import PywbMissing as PywbMissing
from archive.errors.viewer import PywbNotInstalled as PywbNotInstalled
from archive.errors.viewer import ViewerMissing as ViewerMissing
from archive.errors.viewer import ViewerNotFetched as ViewerNotFetched
from archive.errors.viewer import ViewerRefused as ViewerRefused
