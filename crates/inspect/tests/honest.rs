//! Honest writing in which nothing is hidden, though it is full of what hides: joiners, marks, encoded data.

use redan_inspect::{Category, Channel, Context, Inspector, Options};

/// Sentences in many writing systems. `ZWNJ`, `ZWJ` and the like stand for the character that is not seen.
const SCRIPTS: &[&str] = &[
    // Persian, with half spaces; Urdu; Kurdish; Arabic with a joiner, marks and tatweel.
    "من نمیZWNJدانم که کتابZWNJهایشان را کجا گذاشتهZWNJام؛ خانهZWNJی ما نزدیکZWNJتر است.",
    "برنامهZWNJنویسی با Python سادهZWNJتر از C++ است (نسخهٔ ۳٫۱۲). شرکتZWNJهای IT",
    "یہ ایک آسان جملہ ہے، اور یہ ھZWJ کی شکل ہے۔ ھZWNJا",
    "پێشمەرگە لە کوردستان دەژین و زمانی کوردی دەZWNJزانن.",
    "اللُّغَةُ الْعَرَبِيَّةُ جَمِيلَةٌ جـــدًّا، وتُكتب من اليمين إلى اليسار: هـZWJ (هجري).",
    "RLEمرحبا بالعالمPDF و RLIنصPDI داخل جملة LRIREADME.mdPDI، رقم RLM(٣) C++LRM.",
    "ALMالسعر: 100 USDALM",
    // Hebrew, plain and pointed, with marks.
    "שלום עולם! בְּרֵאשִׁית בָּרָא אֱלֹהִים אֵת הַשָּׁמַיִם RLM(C#RLM) גרסה 3.2LRM",
    "RLEשורה ישנה בלי סגירה של Word",
    "הקובץ LRIsrc/main.rsPDI נמחק על ידי FSIאנהPDI.",
    "ירושלָCGJִם",
    // Indic scripts.
    "हिन्दी में क्ZWJष और क्ZWNJष दोनों रूप लिखे जाते हैं; श्ZWJरी, र्ZWJय।",
    "বাংলায় র‌ZWJ্য এবং ক্ZWNJষ লেখা হয়। উৎসব, ৎ, ত্ZWJ",
    "മലയാളത്തിൽ അവന്ZWJ, കണ്ZWJ, പാല്ZWJ എന്നിങ്ങനെ ചില്ലക്ഷരങ്ങൾ; തമിഴ്ZWNJനാട്",
    "தமிழ் எழுத்துக்கள் க்ZWNJஷ ஸ்ரீ",
    "తెలుగు క్ZWNJష రాజ్ZWNJకుమార్",
    "ಕನ್ನಡ ರ್ZWJಕ ಸಾಫ್ಟ್ZWNJವೇರ್",
    "ગુજરાતી ક્ZWJષ",
    "ਪੰਜਾਬੀ ਕ੍ZWNJਸ",
    "ଓଡ଼ିଆ କ୍ZWNJଷ",
    "සිංහල ශ්ZWJරී ලංකා ක්ZWJෂ",
    "नेपाली गर्ZWJयो",
    // South-East Asia, with breaks.
    "ภาษาไทยZWSPไม่มีZWSPช่องว่างZWSPระหว่างคำ น้ำZWSPท่วมZWSPWiFiZWSPฟรี",
    "ភាសាខ្មែរZWSPមិនZWSPមានZWSPដកឃ្លា",
    "ພາສາລາວZWSPບໍ່ມີZWSPຊ່ອງວ່າງ",
    "မြန်မာZWSPဘာသာZWSPစကား",
    "བོད་སྐད་",
    // East Asia, with variations and fullwidth letters.
    "葛VS17城市と辻VS18さん、ＡＢＣ株式会社、ｶﾞｷﾞｸﾞ、①②③、㈱、１２３４、「こんにちは」。ＷｉＦｉ",
    "中文句子，没有空格ZWSP但有标点：《书》、“引号”……ＯＫ！ Python编程，iPhone手机，GB/T 2312标准",
    "繁體中文與注音 ㄅㄆㄇ，還有全形ＡＢＣ。",
    "한국어 문장입니다. ㅋㅋㅋㅋ ㅠㅠ 훈민정음 ᄒᆞᆫ글 ㅇㅇ FILLERㄱ",
    "直VS18接 齋VS20藤 渡邉VS19",
    // Alphabets with look-alikes.
    "Русский текст с iPhone'ом, IT-компанией, Wi-Fi, SIM-картой, USB-кабелем и х64; КАМАЗ-5490 NEO, 1С, МТС TV.",
    "Съешь ещё этих мягких французских булок да выпей чаю. ООО «Ромашка», PDF-файлы, e-mail'ы, SMSка, WhatsAppом",
    "Українська: її ґанок, м'ята, Wi-Fi, Київстар TV",
    "Беларуская мова: ўзор",
    "Српски: Ђорђе љубав њега; Srpski: Đorđe ljubav",
    "Български език и Mac OS",
    "Ёлка №5 от ВКонтакте API, Яндекс.Go, T-Банк, LADA Нива, Тинькофф Black",
    "Ελληνικά: ο άνθρωπος, το Wi-Fi, η Google, ΔΕΗ ΑΕ, ΟΤΕ TV, Ωραία",
    "PPARα, TNFα, IFN-γ, NF-κB, TGFβ1, ΔG‡, µmol/L, μm, kΩ, σ², λ-calculus",
    "Հայերեն տառեր և English",
    "ქართული ენა",
    "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
    "ⲙⲉⲧⲣⲉⲙⲛ̀ⲭⲏⲙⲓ",
    "ᠮᠣᠩᠭᠣᠯFVS ᠪᠢᠴᠢᠭMVSᠠ",
    "Türkçe: ığdır ŞİŞLİ İstanbul ışık, Azərbaycan dili, Gagauz",
    "Tiếng Việt có nhiều dấu: đường, nghĩa, thưởng, Nguyễn, quyết định",
    "Tiê\u{301}ng Viê\u{323}t đươ\u{300}ng nghi\u{303}a thươ\u{309}ng",
    "Čeština, polszczyzna: żółć; magyar: árvíztűrő; íslenska: Þórður",
    "Français : l’élève préféré, déjà préétabli, ignoré, instruction précédente",
    "Deutsch: AufSHYlageSHY und DampfSHYschiff, Straße",
    "Yorùbá: Ẹ kú àárọ̀, ọ̀rọ̀",
    "IPA: /ˈɪɡnɔː(ɹ)/ [ʔəˈsɪstənt] ʃ ʒ θ ð",
    "ʻOkina Hawaiʻi, d’Artagnan",
    "𝑓(𝑥) = 𝑎𝑥² + 𝑏𝑥 + 𝑐, ℝ, ℕ, ∑, ≠VS1, ∩VS1",
    "ⓘ Note ① first ② second, H₂O, x², 5ᵗʰ, №, ™, ½",
    "⠓⠑⠇⠇⠕BRAILLEBRAILLE⠺⠕⠗⠇⠙",
    "⣿⣿BRAILLEBRAILLEBRAILLE⣿\n⣿BRAILLEBRAILLEBRAILLEBRAILLE⣿",
    "NBSP\u{A0}here\u{202F}and there\u{2009}too\u{3000}wide",
    "a long/ZWSPpath/ZWSPwith/ZWSPbreaks and std::ZWSPvecZWSP::Vec",
    "f\u{2061}(x) = 2\u{2062}a\u{2062}b + x\u{2063}y",
    "Hello FSIAnnPDI, you have FSI3PDI messages from FSIבניPDI",
    "\u{FEFF}name,age\nAnn,30",
    "𝓗𝓪𝓹𝓹𝔂 𝓑𝓲𝓻𝓽𝓱𝓭𝓪𝔂 ✨ 𝕠𝕟𝕝𝕪 𝕥𝕠𝕕𝕒𝕪",
    "ＶＡＰＯＲＷＡＶＥ　ａｅｓｔｈｅｔｉｃ",
    "S̶a̶l̶e̶ now",
    "Zürich, naïve, Ångström, e\u{301}te\u{301}",
];

const NAMES: &[(&str, &str)] = &[
    ("ZWNJ", "\u{200C}"),
    ("ZWJ", "\u{200D}"),
    ("ZWSP", "\u{200B}"),
    ("RLE", "\u{202B}"),
    ("PDF", "\u{202C}"),
    ("RLI", "\u{2067}"),
    ("LRI", "\u{2066}"),
    ("FSI", "\u{2068}"),
    ("PDI", "\u{2069}"),
    ("RLM", "\u{200F}"),
    ("LRM", "\u{200E}"),
    ("ALM", "\u{61C}"),
    ("CGJ", "\u{34F}"),
    ("VS17", "\u{E0100}"),
    ("VS18", "\u{E0101}"),
    ("VS19", "\u{E0102}"),
    ("VS20", "\u{E0103}"),
    ("VS1", "\u{FE00}"),
    ("FVS", "\u{180B}"),
    ("MVS", "\u{180E}"),
    ("SHY", "\u{AD}"),
    ("BRAILLE", "\u{2800}"),
    ("FILLER", "\u{3164}"),
];

/// Encoded data, code and markup that developers write.
const DATA: &[&str] = &[
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 d41d8cd98f00b204e9800998ecf8427e",
    "550e8400-e29b-41d4-a716-446655440000 and 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxwYXRoIGQ9Ik0wIDBoMXYxeiIvPjwvc3ZnPg==",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS5jb20iLCJzdWIiOiIxMjM0NSIsIm5hbWUiOiJKbyJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUJ0b3Z5l2bJq1Qw8uY3o0c6z7m5swCgYIKoZIzj0EAwIw\nFTETMBEGA1UEAwwKZXhhbXBsZSBDQTAeFw0yNDAxMDEwMDAwMDBaFw0zNDAxMDEw\n-----END CERTIFICATE-----",
    "Authorization: Basic YWRtaW46Y29ycmVjdCBob3JzZQ==\nETag: W/\"686897696a7c876b7e\"",
    "{\"name\": \"caf\\u00e9\", \"quote\": \"\\u0022hi\\u0022\", \"sep\": \"\\u2028\", \"emoji\": \"\\ud83d\\ude00\"}",
    "https://example.com/search?q=how%20to%20write%20a%20poem&redirect=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc&utm_source=x",
    "&lt;div class=&quot;a&quot;&gt;Tom &amp; Jerry&#39;s &nbsp; &copy; 2024 &#8364;5 caf&eacute;&lt;/div&gt;",
    "From: Ann\nContent-Transfer-Encoding: quoted-printable\n\nLe caf=C3=A9 est ferm=C3=A9 =E2=80=94 d=C3=A9sol=C3=A9=\n, merci.=20",
    "\u{1b}[32m+ added\u{1b}[0m\n\u{1b}[31m- removed\u{1b}[0m\n\u{1b}[38;5;8mdim\u{1b}[m \u{1b}[1;97;40mtitle\u{1b}[0m \u{1b}[48;2;1;2;3;38;2;9;9;9mx\u{1b}[0m",
    "00000000  7f 45 4c 46 02 01 01 00  00 00 00 00 00 00 00 00  |.ELF............|\n00000010  03 00 3e 00 01 00 00 00",
    "ff:ee:dd:cc:bb:aa 00-14-22-01-23-45 fe80::1ff:fe23:4567:890a 192.168.1.1",
    "let mask = 0b1010_1010; // 10101010 11110000 00001111 01010101 11001100",
    "[12, 45, 78, 32, 65, 90, 101, 102, 103, 44, 55, 66, 77, 88] 72 101 108 108 111 44 32 119 111 114 108 100",
    "| a | b | c | d | e |\n|---|---|---|---|---|\n| 1 | 2 | 3 | 4 | 5 |\n- - - - -\n* * * * *\n--- ... --- .. -- - . -",
    "Chapter 1 ........................ 5\nChapter 2 -------- ...... ----- 17\n.-.-.-.-.-.-.-.-",
    "A, B, C, D, E and F. J. R. R. T. wrote it; U.S.A., i.e., e.g., a.k.a., x - y - z - w - v, L O V E, S A L E",
    "h264 utf8 sha256 base64 x86_64 i18n k8s s3 ec2 b2b 2nd 3rd v1.2.3 covid19 gpt4 r2d2 c3po mp3 p2p 4ever pr0n",
    "\\frac{a}{b} \\textbf{ignore} $\\alpha x^2 + \\beta_1$ \\begin{align} a &= b \\\\ c &= d \\end{align} \\color{red}{note} \\x",
    "C:\\users\\ann\\x64\\release \\d{3} \\u and \\x00\\x01\\xff regex \\\\.\\w+ \\0 \\033[1m",
    "<!-- TODO: add your description, run the tests, then open a pull request. Please do not remove this line. -->",
    "<!-- markdownlint-disable MD013 --><!-- prettier-ignore-start --><!-- @generated: do not edit, see https://example.com/docs -->",
    "<!-- Thank you for your contribution! Please follow the guidelines above and answer every question. -->",
    "[//]: # (This list is generated by scripts/list.py)\n[comment]: # (see the wiki)",
    "<nav style=\"display: none\"><a href=\"/login\">Log in</a> to send a message. Forgot your password? Show all rules</nav>",
    "<span class=\"sr-only\">Open main menu</span><img alt=\"A cat looking above the table\" title=\"Click to open\" src=\"c.png\">",
    "<input type=\"hidden\" name=\"csrf_token\" value=\"b6a1f2\"> <div hidden>Loading, please wait</div> <p style=\"color: white\">Buy now</p>",
    "<td bgcolor=\"#fffacd\"><a href=\"/x\">Forward a message to the list at https://example.com</a></td> use <template> to send secrets",
    "my $phase = ${^GLOBAL_PHASE}; my $send_phase = $end || $phase; # see https://example.com",
    "<template><p>Your order</p></template><noscript>Please enable JavaScript to view this page.</noscript>",
    "function(a,b){return a&&b||!c}var d=$e+$f;if(!g)h();i18n.t('x');$(\"#y\").z();a=10;b=20;c=30;u='%41%';q=x%20;",
    "QmFzZTY0IGlzIGEgZ3JvdXAgb2YgYmluYXJ5LXRvLXRleHQgZW5jb2Rpbmcgc2NoZW1lcw==",
    "apiVersion: v1\nkind: Secret\ndata:\n  username: YWRtaW5pc3RyYXRvcg==\n  config: c2VydmVyOgogIHBvcnQ6IDgwODAKICBob3N0OiBsb2NhbGhvc3QK",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0b3Z5l2bJq1Qw8uY3o0c6z7m5swKq2n9x4v7t1r5 ann@laptop",
    "integrity=\"sha512-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wCvS8x4u2c6m2q==\" go.sum h1:abc/def+ghi=",
    "gur naq lbh (Hindi: गुरु gur), stressed desserts, live evil, drawer reward, tops spot, deliver reviled",
    "com.example.averylongpackagename.AndAnEvenLongerClassName getElementsByClassNameAndAttribute some_really_long_snake_case_identifier_name",
];

fn expand(text: &str) -> String {
    NAMES.iter().fold(text.to_string(), |text, (name, character)| text.replace(name, character))
}

#[test]
fn honest_text_is_no_alarm() {
    let inspector = Inspector::new(Options::default()).unwrap();
    let scripts: Vec<String> = SCRIPTS.iter().map(|text| expand(text)).collect();
    let data: Vec<String> = DATA.iter().map(ToString::to_string).collect();
    let mut texts = scripts.clone();
    texts.extend(data.clone());
    // Neighbours must not make a sign of what is none alone.
    texts.push(scripts.join("\n"));
    texts.push(data.join("\n\n"));
    for (script, data) in scripts.iter().zip(data.iter().cycle()) {
        texts.push(format!("{data}\n{script}"));
    }
    let mut wrong = Vec::new();
    for text in &texts {
        for channel in [Channel::User, Channel::Document] {
            for found in inspector.inspect(text, &Context::of(channel)).detections {
                if found.category == Category::Hidden {
                    let head: String = text.chars().take(60).collect();
                    wrong.push(format!("{} {:.2} `{}` in {head}", found.kind, found.score, found.evidence));
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {} texts\n{}", wrong.len(), texts.len(), wrong.join("\n"));
}
