#!/usr/bin/env python3
"""Writes Examples/contacts.ndjson: 10,000 realistic contacts in several scripts, from a fixed seed.

Standard library only. Every run writes the same bytes:  python3 Examples/generate_contacts.py > Examples/contacts.ndjson

All people are invented. Emails are under the domains RFC 2606 reserves (example.com, .org, .net and the top-level domain
.example), so nothing can ever be delivered. Telephone numbers use ranges kept for fiction, or end in 0000-style blocks.
"""

import json
import random
import sys
import unicodedata

CONTACTS = 10_000
SEED = 20261123

# Latin scripts: how a name is spelled in an address follows from the name. OTHER gives it after a colon.
# `_` stands for a space within one name; `joined` writes family and given name without a space.
LATIN = {
    "en": dict(
        weight=14, given="Olivia Amelia Isla Ava Freya George Arthur Noah Theodore Oscar Harriet Imogen Rupert Winifred Callum "
        "Siobhán Niamh Eoin Caoimhe Pádraig Maya Ethan Chloe Jasmine Tyrone Latoya Madison Hunter Beatrice Desmond",
        family="Smith Okafor Taylor Whitfield Blackwood Ashworth O'Sullivan MacAllister Fitzgerald Pemberton Hargreaves Nwosu "
        "Thornton Castellano Gallagher Ravenscroft Abernathy Beaumont Carmichael Dunning Eastwood Fairbanks Goldsmith Hollis",
        places=["London", "Leeds", "Dublin", "Boston, MA", "Toronto", "Auckland", "Edinburgh", "Cape Town"], phone="+44 20 7946 0{:03d}"),
    "de": dict(
        weight=9, given="Jürgen Käthe Björn Heike Günther Sören Anneliese Matthias Lieselotte Torsten Ännchen Rüdiger Friederike "
        "Detlef Ulrike Jörg Wiebke Hannelore Kerstin Lennart",
        family="Müller Schäfer Weiß Größmann Köhler Jäger Fröhlich Österreicher Brückner Schröder Krüger Vößing Hübner Löwenthal "
        "Bäcker Grünewald Straßburger Königsmann Zimmermann Überschär",
        places=["Köln", "München", "Zürich", "Wien", "Düsseldorf", "Göttingen", "Lübeck"], phone="+49 30 23125 {:03d}"),
    "fr": dict(
        weight=7, given="Éloïse Zoé François Gaëlle Théo Hélène Jérôme Anaïs Benoît Cécile Raphaël Maëlys Stéphane Aurélie Clément "
        "Noémie Grégoire Inès Loïc Chloé",
        family="Lefèvre Béranger Dupré Châtelain Légaré Garçon Noël Rivière Désormeaux Marchéval Forêt Baïlan Côté Vénéreau "
        "Guérin Hébrard Poincaré Thévenot Saint-Cyr d'Aubigné",
        places=["Paris", "Lyon", "Montréal", "Genève", "Orléans", "Besançon"], phone="+33 1 99 00 0{:01d} {:02d}"),
    "es": dict(
        weight=7, given="José María Íñigo Begoña Andrés Lucía Ángel Concepción Ramón Núria Iván Montserrat Álvaro Inés Joaquín "
        "Rocío Matías Ximena Agustín Sofía",
        family="García Muñoz Ibáñez Rodríguez Peña Núñez Gutiérrez Echeverría Ordóñez Zúñiga Jiménez Cañizares Etxeberría Güell "
        "Sánchez Velázquez Márquez Quiñones Ballesteros Villaseñor",
        places=["Madrid", "Málaga", "Ciudad de México", "Bogotá", "A Coruña", "Cádiz", "Asunción"], phone="+34 910 000 {:03d}"),
    "pt": dict(
        weight=4, given="João Conceição Antônio Luísa Gonçalo Inês Estêvão Assunção Tomás Mônica Sebastião Vitória Rui Glória Simão",
        family="Magalhães Gonçalves Araújo Simões Brandão Guimarães Assunção Falcão Leão Conceição Mourão Galvão Patrício Sá Romão",
        places=["Lisboa", "São Paulo", "Évora", "Brasília", "Goiânia"], phone="+351 21 000 0{:03d}"),
    "pl": dict(
        weight=5, given="Łukasz Małgorzata Stanisław Grażyna Wojciech Żaneta Bogusław Jadwiga Zdzisław Agnieszka Michał Bożena "
        "Krzysztof Święcisława Paweł",
        family="Wójcik Kowalczyk Dąbrowski Zieliński Szymański Woźniak Kozłowski Jabłoński Król Wieczorek Jaworski Pawłowski "
        "Włodarczyk Źródłowski Gołębiewski",
        places=["Łódź", "Kraków", "Wrocław", "Gdańsk", "Poznań"], phone="+48 22 000 0{:03d}"),
    "cs": dict(
        weight=4, given="Řehoř Božena Jiří Květa Ondřej Zdeňka Matěj Žofie Tomáš Růžena Vojtěch Šárka Luděk Běla Kryštof",
        family="Dvořák Novotná Černý Procházková Kučera Veselý Horáček Němcová Říha Pokorná Růžička Benešová Šťastný Jeřábek Žďárský",
        places=["Praha", "Plzeň", "Brno", "České Budějovice", "Košice"], phone="+420 200 000 {:03d}"),
    "tr": dict(
        weight=4, given="Çağlar Gülşen İbrahim Şebnem Özgür Ayşe Ümit Ilgın Doğukan Müge Göksel Nurşen Ertuğrul Işıl Yiğit",
        family="Yılmaz Öztürk Çelik Şahin Güneş Doğan Kılıç Aydınoğlu Türkoğlu Büyükşehirli Çakır Özgül Işık Gökçe Karadağ",
        places=["İstanbul", "Eskişehir", "İzmir", "Diyarbakır", "Muğla"], phone="+90 212 000 0{:03d}"),
    "vi": dict(
        weight=4, given="Thị_Hồng Văn_Đức Minh_Châu Ngọc_Ánh Quốc_Việt Thanh_Thảo Hữu_Phước Bảo_Ngọc Đình_Trọng Kim_Liên",
        family="Nguyễn Trần Lê Phạm Huỳnh Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đoàn",
        places=["Hà Nội", "Thành phố Hồ Chí Minh", "Đà Nẵng", "Huế", "Cần Thơ"], phone="+84 24 0000 0{:03d}", family_first=True),
    "nordic": dict(
        weight=5, given="Åsa Björn Søren Þórdís Øyvind Märta Jóhann Sæunn Håkan Äijä Guðrún Kjærsti Örjan Lærke Ævar Sigrún",
        family="Sjöberg Ångström Øverland Jørgensen Guðmundsdóttir Hämäläinen Sæther Þorvaldsson Bjørnstad Nyström Kjærgaard "
        "Mäkelä Håkansson Løkkegaard Ólafsdóttir",
        places=["Malmö", "Tromsø", "Reykjavík", "Jyväskylä", "Århus"], phone="+46 8 465 004 {:02d}"),
    "ro": dict(
        weight=3, given="Ștefan Ioana Mădălina Răzvan Țugurel Anișoara Cătălin Brîndușa Gheorghiță Sânziana",
        family="Ionescu Țăranu Șerban Bălan Mănăstireanu Crăciun Pârvulescu Drăgănescu Văcărescu Înțeleptu",
        places=["București", "Iași", "Timișoara", "Constanța"], phone="+40 21 000 0{:03d}"),
    "yo": dict(
        weight=2, given="Olúwaṣeun Adébáyọ̀ Títílayọ̀ Ọlábísí Ayọ̀délé Fọlákẹ́ Kẹ́hìndé Táíwò",
        family="Adéyẹmí Ọládipọ̀ Akínṣọlá Ògúnbánjọ Fálànà Ṣówándé Ọ̀ṣúntókun",
        places=["Ìbàdàn", "Lagos", "Abẹ́òkúta"], phone="+234 1 000 0{:03d}"),
}
OTHER = {
    "ru": dict(
        weight=6, places=["Москва", "Санкт-Петербург", "Екатеринбург", "Новосибирск", "Ярославль"], phone="+7 495 000-0{:01d}-{:02d}",
        given="Анна:anna Дмитрий:dmitri Екатерина:ekaterina Алексей:alexei Светлана:svetlana Вячеслав:vyacheslav Юлия:yulia "
        "Фёдор:fyodor Ольга:olga Ярослав:yaroslav Надежда:nadezhda Михаил:mikhail Людмила:lyudmila Кирилл:kirill Зоя:zoya",
        family="Шевченко:shevchenko Крылова:krylova Соловьёв:solovyov Щербакова:shcherbakova Жуков:zhukov Цветаева:tsvetaeva "
        "Мельник:melnik Беляева:belyaeva Чайковский:tchaikovsky Хрусталёва:khrustalyova Ильин:ilyin Эйзенштейн:eisenstein"),
    "uk": dict(
        weight=3, places=["Київ", "Львів", "Харків", "Чернівці"], phone="+380 44 000 0{:03d}",
        given="Олександр:oleksandr Іван:ivan Ганна:hanna Євген:yevhen Соломія:solomiia Тарас:taras Леся:lesia Ярина:yaryna",
        family="Коваленко:kovalenko Ґалаґан:galagan Бондаренко:bondarenko Тищенко:tyshchenko Лисенко:lysenko Підлісний:pidlisnyi"),
    "el": dict(
        weight=4, places=["Αθήνα", "Θεσσαλονίκη", "Ηράκλειο", "Λευκωσία"], phone="+30 21 0000 0{:03d}",
        given="Αλέξανδρος:alexandros Ειρήνη:eirini Γεώργιος:georgios Χριστίνα:christina Δημήτρης:dimitris Ευφροσύνη:effrosyni "
        "Θεόδωρος:theodoros Ψυχή:psychi Κωνσταντίνα:konstantina Ιάσων:iason",
        family="Παπαδόπουλος:papadopoulos Οικονόμου:oikonomou Ξενάκης:xenakis Βλαχογιάννη:vlachogianni Δημητρίου:dimitriou "
        "Χατζηδάκις:chatzidakis Ζαχαριάδη:zachariadi Καραμανλής:karamanlis"),
    "ar": dict(
        weight=5, places=["القاهرة", "الرباط", "عمّان", "دبي", "بيروت"], phone="+971 4 000 0{:03d}",
        given="محمد:mohammed فاطمة:fatima عبدالرحمن:abdulrahman ليلى:layla يوسف:yousef نور:nour خديجة:khadija طارق:tariq سلمى:salma "
        "إبراهيم:ibrahim هدى:huda زينب:zaynab",
        family="الحسيني:alhusseini المصري:almasri بن_خلدون:benkhaldoun القحطاني:alqahtani الشريف:alsharif الزهراوي:alzahrawi "
        "العباسي:alabbasi حدّاد:haddad الخوري:alkhoury"),
    "fa": dict(
        weight=3, places=["تهران", "اصفهان", "شیراز", "تبریز"], phone="+98 21 0000 0{:03d}",
        given="شیرین:shirin کوروش:kourosh پریسا:parisa بهرام:bahram گلناز:golnaz آرش:arash ژاله:zhaleh سهراب:sohrab",
        family="تهرانی:tehrani خیام\u200cپور:khayyampour رستمی:rostami فردوسی:ferdowsi گلستانی:golestani پهلوان:pahlavan"),
    "he": dict(
        weight=3, places=["תל אביב", "ירושלים", "חיפה", "באר שבע"], phone="+972 3 000 0{:03d}",
        given="נועה:noa יוסף:yosef תמר:tamar אליעזר:eliezer שירה:shira מרדכי:mordechai רבקה:rivka עידו:ido",
        family="כהן:cohen בן-דוד:bendavid שפירא:shapira מזרחי:mizrahi אברהמי:avrahami גולדשטיין:goldstein ברק:barak"),
    "hi": dict(
        weight=5, places=["मुंबई", "नई दिल्ली", "वाराणसी", "पुणे", "जयपुर"], phone="+91 22 0000 0{:03d}",
        given="अनन्या:ananya विक्रम:vikram श्रेया:shreya राजेश:rajesh ज्योति:jyoti कृष्ण:krishna प्रियंका:priyanka अर्जुन:arjun ऋषि:rishi "
        "दीक्षा:diksha",
        family="शर्मा:sharma चतुर्वेदी:chaturvedi त्रिपाठी:tripathi मुखर्जी:mukherjee देशपाण्डे:deshpande राठौड़:rathore अग्रवाल:agrawal वर्मा:verma"),
    "bn": dict(
        weight=2, places=["ঢাকা", "কলকাতা", "চট্টগ্রাম"], phone="+880 2 0000 0{:03d}",
        given="রবীন্দ্র:rabindra সুস্মিতা:sushmita আরিফ:arif মৌসুমী:mousumi তাসনিম:tasnim",
        family="চট্টোপাধ্যায়:chattopadhyay হোসেন:hossain বন্দ্যোপাধ্যায়:bandyopadhyay ইসলাম:islam সেনগুপ্ত:sengupta"),
    "ta": dict(
        weight=2, places=["சென்னை", "மதுரை", "யாழ்ப்பாணம்"], phone="+94 11 000 0{:03d}",
        given="கார்த்திக்:karthik மீனாட்சி:meenakshi அருண்:arun லட்சுமி:lakshmi தமிழ்ச்செல்வி:tamilselvi",
        family="சுப்பிரமணியன்:subramanian இராமலிங்கம்:ramalingam வேலாயுதம்:velayutham நடராஜன்:natarajan"),
    "zh-hans": dict(
        weight=6, places=["北京", "上海", "深圳", "成都", "西安"], phone="+86 10 0000 0{:03d}", family_first=True, joined=True,
        given="伟:wei 芳:fang 秀英:xiuying 子涵:zihan 浩然:haoran 梓萱:zixuan 建国:jianguo 雨欣:yuxin 志强:zhiqiang 晓明:xiaoming 丽华:lihua 宇轩:yuxuan",
        family="王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 欧阳:ouyang 司马:sima 诸葛:zhuge 徐:xu 孙:sun"),
    "zh-hant": dict(
        weight=3, places=["臺北", "香港", "高雄", "臺中"], phone="+886 2 0000 0{:03d}", family_first=True, joined=True,
        given="雅婷:yating 志豪:chihhao 淑芬:shufen 家豪:jiahao 怡君:yichun 俊傑:chunchieh 美玲:meiling 冠宇:kuanyu",
        family="陳:chen 林:lin 黃:huang 張:chang 劉:liu 歐陽:ouyang 蔡:tsai 鄭:cheng 謝:hsieh 蘇:su"),
    "ja": dict(
        weight=6, places=["東京", "大阪", "京都", "札幌", "那覇"], phone="+81 3 0000 0{:03d}", family_first=True,
        given="陽菜:haruna 蓮:ren さくら:sakura 大翔:hiroto ひなた:hinata 健太郎:kentaro 美咲:misaki アンナ:anna 悠真:yuma 千尋:chihiro 翔太:shota みゆき:miyuki",
        family="佐藤:sato 鈴木:suzuki 髙橋:takahashi 田中:tanaka 渡邊:watanabe 伊藤:ito 小笠原:ogasawara 五十嵐:igarashi 長谷川:hasegawa 齋藤:saito"),
    "ko": dict(
        weight=5, places=["서울", "부산", "대전", "제주"], phone="+82 2 0000 0{:03d}", family_first=True, joined=True,
        given="서연:seoyeon 민준:minjun 지우:jiwoo 도윤:doyun 하은:haeun 예준:yejun 수아:sua 건우:geonu 지민:jimin 현우:hyunwoo 유진:yujin",
        family="김:kim 이:lee 박:park 최:choi 정:jung 강:kang 남궁:namgung 황보:hwangbo 선우:sunwoo 윤:yoon"),
    "th": dict(
        weight=3, places=["กรุงเทพมหานคร", "เชียงใหม่", "ขอนแก่น"], phone="+66 2 000 0{:03d}",
        given="สมชาย:somchai สุดารัตน์:sudarat กิตติพงษ์:kittiphong พิมพ์ชนก:pimchanok ณัฐวุฒิ:natthawut อรทัย:orathai",
        family="ศรีสุวรรณ:srisuwan จันทร์เพ็ญ:chanpen รัตนาภรณ์:rattanaporn ทองดี:thongdee วงศ์สวัสดิ์:wongsawat"),
    "ka": dict(
        weight=2, places=["თბილისი", "ბათუმი", "ქუთაისი"], phone="+995 32 000 0{:03d}",
        given="გიორგი:giorgi ნინო:nino დავით:davit მარიამ:mariam ლევან:levan",
        family="მაისურაძე:maisuradze ბერიძე:beridze კვარაცხელია:kvaratskhelia ჩხეიძე:chkheidze"),
    "hy": dict(
        weight=2, places=["Երևան", "Գյումրի", "Վանաձոր"], phone="+374 10 000 0{:02d}",
        given="Արամ:aram Անահիտ:anahit Տիգրան:tigran Մարիամ:mariam Հայկ:hayk",
        family="Հակոբյան:hakobyan Սարգսյան:sargsyan Պետրոսյան:petrosyan Մխիթարյան:mkhitaryan"),
    "am": dict(
        weight=2, places=["አዲስ አበባ", "ጎንደር", "ሐዋሳ"], phone="+251 11 000 0{:03d}",
        given="አበበ:abebe ሰላማዊት:selamawit ተስፋዬ:tesfaye ሕይወት:hiwot ዮናስ:yonas",
        family="በቀለ:bekele ተክለሃይማኖት:teklehaymanot ገብረሥላሴ:gebreselassie ወልደማርያም:woldemariam"),
}

COMPANIES = [
    ("Nordlicht Optik", "nordlicht"), ("Maison Verdière", "verdiere"), ("Aurora Robotics", "aurora-robotics"), ("株式会社みらい", "mirai"),
    ("Kestrel & Finch", "kestrel-finch"), ("ООО «Созвездие»", "sozvezdie"), ("Bergström Logistik AB", "bergstrom"), ("東方科技有限公司", "dongfang"),
    ("Panadería Sol Naciente", "solnaciente"), ("شركة النخيل", "alnakheel"), ("Helvetia Feinmechanik", "helvetia-fm"), ("Ορίζων Α.Ε.", "orizon"),
    ("सूर्योदय टेक्नोलॉजीज़", "suryoday"), ("Ocean & Oak", "ocean-oak"), ("한빛소프트랩", "hanbit"), ("מעבדות אלון", "alon-labs"),
    ("Tiefsee Analytik GmbH", "tiefsee"), ("Ateliê Jacarandá", "jacaranda"), ("Çınar Tekstil", "cinar"), ("บริษัท ดอกบัว", "dokbua"),
]
# Internationalised names under the reserved top-level domain; the gateway turns them into A-labels.
IDN_DOMAINS = ["bücher.example", "müller-söhne.example", "例え.example", "пример.example", "παράδειγμα.example", "δοκιμή.example.org",
               "smörgåsbord.example", "café.example.com", "ñandú.example.net", "예시.example", "उदाहरण.example"]
PLAIN_DOMAINS = ["example.com", "example.org", "example.net", "mail.example.com", "post.example.org", "office.example.net"]

TITLES = ["Head of Procurement", "Leiterin Einkauf", "Directrice commerciale", "Software Engineer", "Ingénieur qualité", "Jefa de ventas",
          "営業部長", "Главный бухгалтер", "Υπεύθυνη πωλήσεων", "مدير المشتريات", "מנהלת שיווק", "परियोजना प्रबंधक", "产品经理", "데이터 분석가",
          "Analista de dados", "Kierownik produkcji", "Vedoucí skladu", "Satın Alma Müdürü", "ผู้จัดการฝ่ายขาย", "Chief Compliance Officer"]
DEPARTMENTS = ["Procurement", "Vertrieb", "Ressources humaines", "Investigación", "Finance", "情報システム部", "Logistik", "市场部"]
SENIORITY = ["entry", "senior", "manager", "director", "executive"]
INDUSTRIES = ["optics", "logistics", "food", "textiles", "software", "energy", "health care", "education", "robotics"]
SIZES = ["1-10", "11-50", "51-200", "201-1000", "1001-5000"]
PURPOSES = ["sales", "marketing", "support", "newsletter", "research", "events", "billing"]
SOURCES = [("DATA_SUBJECT", None), ("VENDOR", "acme-enrich"), ("VENDOR", "leadharbor.v2"), ("CRM", "crm-main"), ("MARKETING", "webforms"),
           ("OPERATOR", "backoffice"), ("DERIVED", "title-classifier:3")]
CONSENTS = [("EXPLICIT_OPT_IN", "GDPR_ART6_1A", 45), ("DOUBLE_OPT_IN", "GDPR_ART6_1A", 30), ("SOFT_OPT_IN", "GDPR_ART6_1F", 15),
            ("EXPLICIT_OPT_IN", "GDPR_ART6_1B", 10)]
# What NFKD leaves standing.
LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae", "þ": "th", "Þ": "th",
                         "ð": "d", "ı": "i", "İ": "i", "œ": "oe"})


def names(text):
    """Yields (name as written, spelling for addresses)."""
    for word in text.split():
        written, _, spelled = word.partition(":")
        written = unicodedata.normalize("NFC", written.replace("_", " "))
        plain = spelled or unicodedata.normalize("NFKD", written.translate(LETTERS)).lower()
        yield written, "".join(c for c in plain if c.isascii() and c.isalnum())


def prepared():
    cultures = []
    for culture in list(LATIN.values()) + list(OTHER.values()):
        culture = dict(culture)
        culture["given"] = list(names(culture["given"]))
        culture["family"] = list(names(culture["family"]))
        cultures.append(culture)
    return cultures


class Generator:
    def __init__(self):
        self.random = random.Random(SEED)
        self.cultures = prepared()
        self.weights = [c["weight"] for c in self.cultures]
        self.addresses = set()

    def date(self, first, last):
        r = self.random
        return "%04d-%02d-%02dT%02d:%02d:%02d.000000Z" % (
            r.randint(first, last), r.randint(1, 12), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.randint(0, 59))

    def email(self, given, family, company):
        r = self.random
        pick = r.random()
        if pick < 0.62:
            domain = r.choice(PLAIN_DOMAINS)
        elif pick < 0.92:
            domain = company + r.choice([".example.com", ".example.net", ".example"])
        else:
            domain = r.choice(IDN_DOMAINS)
        stem = r.choice(["{g}.{f}", "{g}.{f}", "{f}.{g}", "{g1}{f}", "{g}_{f}", "{g}"]).format(g=given, f=family, g1=given[:1])
        # The canonical form folds case and domains, so compare what it compares.
        number = 0
        while True:
            local = stem if number == 0 else f"{stem}{number}"
            address = f"{local}@{domain}"
            if address not in self.addresses:
                self.addresses.add(address)
                return address
            number = r.randint(2, 9999)

    def consent(self):
        r = self.random
        kind, basis, _ = r.choices(CONSENTS, [c[2] for c in CONSENTS])[0]
        return kind, basis, r.sample(PURPOSES, r.randint(1, 3))

    def attributes(self, culture, company, least=1, most=4):
        r = self.random
        title, slug = company
        makers = {
            "jobTitle": lambda: r.choice(TITLES), "company": lambda: title, "department": lambda: r.choice(DEPARTMENTS),
            "seniority": lambda: r.choice(SENIORITY), "industry": lambda: r.choice(INDUSTRIES), "companySize": lambda: r.choice(SIZES),
            "phone": lambda: self.phone(culture["phone"]), "location": lambda: r.choice(culture["places"]),
            "website": lambda: f"https://www.{slug}.example/", "linkedinUrl": lambda: "https://network.example/in/%08x" % r.getrandbits(32),
            "x-preferred-contact-hour": lambda: f"{r.randint(8, 18)}:00",
        }
        weights = [10, 10, 3, 3, 3, 2, 6, 8, 4, 2, 1]
        kinds = []
        count = r.randint(least, most)
        while len(kinds) < count:
            kind = r.choices(list(makers), weights)[0]
            if kind not in kinds:
                kinds.append(kind)
        # Enrichment comes in batches: mostly one source for all of a contact's attributes.
        usual = r.choice(SOURCES)
        result = []
        for kind in kinds:
            source, identity = usual if r.random() < 0.75 else r.choice(SOURCES)
            value = {"attributeType": kind, "value": makers[kind](), "confidence": round(r.uniform(0.35, 1), 2), "sourceType": source}
            if identity:
                value["sourceIdentity"] = identity
            if r.random() < 0.1:
                value["validFrom"] = self.date(2023, 2025)
            result.append(value)
        return result

    def phone(self, pattern):
        r = self.random
        return pattern.format(r.randint(0, 9), r.randint(10, 99)) if pattern.count("{") == 2 else pattern.format(r.randint(10, 99))

    def lines(self):
        r = self.random
        for number in range(1, CONTACTS + 1):
            culture = r.choices(self.cultures, self.weights)[0]
            (given, given_plain), (family, family_plain) = r.choice(culture["given"]), r.choice(culture["family"])
            parts = [family, given] if culture.get("family_first") else [given, family]
            if not culture.get("joined") and r.random() < 0.08:
                middle = r.choice(culture["given"])[0]
                parts.insert(1, middle)
            name = ("" if culture.get("joined") else " ").join(parts)
            company = r.choice(COMPANIES)
            kind, basis, purposes = self.consent()
            body = {"email": self.email(given_plain, family_plain, company[1]), "fullName": name, "consentType": kind,
                    "legalBasis": basis, "purposeCodes": purposes}
            if r.random() < 0.02:
                del body["fullName"]
            if r.random() < 0.15:
                kind, basis, more = self.consent()
                body["consents"] = [{"consentType": kind, "legalBasis": basis, "purposeCodes": more, "grantedAt": self.date(2024, 2025)}]
            body["attributes"] = self.attributes(culture, company)
            line = {"op": "createContact", "idempotencyKey": "example-%05d" % number, "purpose": purposes[0], "body": body}
            followed = r.random() < 0.03
            if followed:
                line["ref"] = "c%05d" % number
            yield line
            if not followed:
                continue
            follow = {"op": "addAttributes", "idempotencyKey": "example-%05d-a" % number, "ref": line["ref"], "purpose": purposes[0],
                      "body": {"attributes": self.attributes(culture, company, 1, 2)}}
            if r.random() < 0.5:
                kind, basis, more = self.consent()
                follow = {"op": "grantConsent", "idempotencyKey": "example-%05d-c" % number, "ref": line["ref"], "purpose": purposes[0],
                          "body": {"consentType": kind, "legalBasis": basis, "purposeCodes": more}}
            yield follow


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for line in Generator().lines():
        print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
