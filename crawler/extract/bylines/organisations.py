"""Names that are no person's in bylines and structured metadata: agencies, newspapers, desks and offices."""

from __future__ import annotations

import re

# In printed Vietnamese bylines
VIETNAMESE_AGENCY = re.compile(
    r"(?:TTXVN|VNA|TTX|VOV\d*|VTV\d*|HTV\d*|VTC|AFP|AP|Reuters|Xinhua|THX|Tân Hoa xã|Kyodo|Yonhap|TASS|Sputnik|CNN|BBC|"
    r"Bloomberg|VGP|Vietnam\s?\+|Vietnam\s?Plus|VnExpress|VietNamNet|SGGP|QĐND|NLĐ|PLO|TNO|TTO|Dân trí|Zing|Chinhphu)",
    re.IGNORECASE,
)
NEWSPAPER = re.compile(
    r"(?:báo|tạp chí|bản tin|cổng)\s+\S.*|đài\s+(?:PT|TH|phát|truyền|tiếng).*|.*\b(?:online|điện tử|news)|"
    r"(?:[\w-]+\.)+(?:vn|com|net|org|gov)\S*",
    re.IGNORECASE,
)
# Foreign papers and broadcasters that Vietnamese ones cite, and national papers whose names are words: only with
# capitals, as names of papers are printed.
FOREIGN_PAPER = re.compile(
    r"(?:The )?(?:Guardian|Independent|Telegraph|Economist|Straits Times|Korea (?:Herald|Times)|Diplomat|Verge|"
    r"New York (?:Times|Post)|NY (?:Times|Post)|Washington Post|Wall Street Journal|Sun)|"
    r"Daily (?:Mail|Express|Mirror|Star)|NYT|WSJ|SCMP|USA Today|(?:Fox|Sky|NBC|CBS|ABC) News|Sky Sports?|ESPN|Goal|"
    r"Marca|CNBC|CNA|NHK|RFI|DW|Al Jazeera|Financial Times|Forbes|Newsweek|Business Insider|Politico|Axios|Euronews|"
    r"Le (?:Monde|Figaro)|Der Spiegel|Die Welt|Mundo Deportivo|(?:La )?Gazzetta dello Sport|L['’][EÉ]quipe|"
    r"Nikkei(?: Asia)?|(?:Asahi|Yomiuri|Mainichi)(?: Shimbun)?|South China Morning Post|Global Times|Bangkok Post|"
    r"Jakarta Post|RIA Novosti|Interfax|Live Science|TechCrunch|National Geographic|Healthline|WebMD"
)
NATIONAL_PAPER = re.compile(
    r"Tuổi Trẻ(?: Cười| Thủ Đô)?|Thanh Niên|Tiền Phong|Lao Động|Người Lao Động|Nhân Dân|Dân Việt|Dân Trí|"
    r"Phụ Nữ(?: Việt Nam)?|Đại Đoàn Kết|Hà Nội [Mm]ới|Quân [Đđ]ội [Nn]hân [Dd]ân|Công [Aa]n [Nn]hân [Dd]ân|"
    r"An [Nn]inh [Tt]hủ [Đđ]ô|Pháp [Ll]uật(?: Việt Nam)?|Giáo [Dd]ục (?:và|&) [Tt]hời [Đđ]ại|"
    r"Sức [Kk]hỏe (?:và|&) [Đđ]ời [Ss]ống|Gia [Đđ]ình (?:và|&) [Xx]ã [Hh]ội|Khoa [Hh]ọc (?:và|&) [Đđ]ời [Ss]ống|"
    r"Nông [Nn]ghiệp Việt Nam|Đời [Ss]ống (?:và|&) [Pp]háp [Ll]uật|Công [Tt]hương|Sài Gòn [Gg]iải [Pp]hóng"
    rf"|{FOREIGN_PAPER.pattern}"
)
VIETNAMESE_DESK = re.compile(
    r"(?:nhóm\s+)?(?:PV|P\.V|PVs|phóng viên|CTV|BTV|BBT|ban biên tập|tòa soạn|toà soạn|ban bạn đọc|nhóm tác giả)"
    r"(?:\s+\S+)?|(?:PV|phóng viên)\s+thường\s+trú.{0,40}|nhóm\s+(?:PV|phóng viên)(?:\s+[^\W\d_]+){1,4}",
    re.IGNORECASE,
)
# "Trường Giang" and "Ban Mai" are persons: the shorter words need two more behind them.
VIETNAMESE_OFFICE = re.compile(
    r"(?:UBND|HĐND|UBMTTQ|MTTQ|ủy ban|công an|liên đoàn|trung tâm|bệnh viện|chi cục|thành phố|quân khu|bộ chỉ huy|"
    r"công ty|ngân hàng|tổng cục|văn phòng)\s+\S.*|"
    r"(?:phòng|đội|ban)\s+(?:CSGT|CSĐT|CSHS|PCCC|CHQS|QLTT|GD-?ĐT|LĐTBXH|VH-?TT|NN-?PTNT).*|"
    r"(?:sở|bộ|hội|trường|viện|cục|ban|phòng|huyện|tỉnh|xã|phường|quận)\s+\S+\s+\S.*",
    re.IGNORECASE,
)

# In authors of structured metadata, in any language
AGENCY = re.compile(
    r"dpa(?:[-/]\w+)*|afp|ap|reuters|sid|apa|sda|ansa|efe|tass|xinhua|kyodo|yonhap|ttxvn|vna|pa|upi|ians|pti|ani|aap|cnn|"
    r"bbc|anp|ntb|tt|ritzau|belga|čtk|ctk|pap|mti|(?:the )?associated press|deutsche presse-agentur|anadolu(?: \w+)?|"
    r"bloomberg|(?:afp|dpa|reuters) \w+",
    re.IGNORECASE,
)
DESK = re.compile(
    r"(?:[\w.-]+\s+){0,3}(?:[\w.-]*redaktion|team|staff(?:\s+(?:writers?|reporters?))?|(?:news|web|sport\w*)\s*desk|newsroom)"
    r"(?:\s+[\w.-]+)?|redacción(?:\s+\w+){0,2}",
    re.IGNORECASE,
)
OFFICE = re.compile(
    r"\b(?:redaktion\w*|redacci[oó]n|r[ée]daction|redazione|redactie|redaksjon\w*|redakce|newsroom|"
    r"news\s*(?:desk|room|team|service)|staff|editorial|editors?|team|desk|agency|agencies|agentur\w*|agencia\w*|"
    r"agence|ajans[ıi]|press|presse|media|online|digital|"
    r"web|zeitung|nachrichten|times|tribune|herald|gazette|tv|radio|channel|newspaper|corporation|inc|ltd|gmbh|developer|"
    r"correspondents?|ban biên tập|"
    r"tòa soạn|toà soạn|phóng viên|báo|tạp chí|đài|thông tấn xã|ủy ban|sở|công ty|điện tử)\b|"
    r"新聞|日報|時報|编辑|編集|뉴스|일보",
    re.IGNORECASE,
)
