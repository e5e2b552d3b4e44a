"""One article as one capture showed it: its parts, the item, and its JSON form."""

from archive.article.item import SCHEMA_VERSION as SCHEMA_VERSION
from archive.article.item import Article as Article
from archive.article.lines import article_of as article_of
from archive.article.lines import field_order as field_order
from archive.article.lines import from_json as from_json
from archive.article.lines import to_dict as to_dict
from archive.article.lines import to_json as to_json
from archive.article.lines import values_of as values_of
from archive.article.parts import Block as Block
from archive.article.parts import BlockType as BlockType
from archive.article.parts import CaptureRef as CaptureRef
from archive.article.parts import Contributor as Contributor
from archive.article.parts import Embed as Embed
from archive.article.parts import EmbedType as EmbedType
from archive.article.parts import FurtherPage as FurtherPage
from archive.article.parts import Image as Image
from archive.article.parts import LaterReading as LaterReading
from archive.article.parts import PageLayout as PageLayout
from archive.article.parts import ReadingCause as ReadingCause
from archive.article.parts import Role as Role
