//! What a value has to satisfy beyond its form: check digits, checksums, reserved ranges.
//!
//! One function per check, over the matched value as it stands in the text, separators included.

mod coin;
mod device;
mod digits;
pub(crate) mod domain;
mod entropy;
mod national;
mod payment;
mod random;
mod token;

pub use digits::luhn;
pub use entropy::shannon;
pub(crate) use payment::{card, iban_length};
pub use random::{genuine, in_address, mixed, password, placeholder, random, uuid};
pub use token::{aws_key_id, azure, basic, crc32_base62, gitlab, grafana, jwt, openai, pypi};

/// Declares the checks by the name that a `detect` block uses.
macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal => $function:path;)+) => {
        /// A named check.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Check { $($(#[$doc])* $variant),+ }

        impl Check {
            /// Every check.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name used in a `detect` block and in `redan.toml`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Whether the value satisfies it.
            pub fn holds(self, value: &str) -> bool {
                match self { $(Self::$variant => $function(value)),+ }
            }
        }
    };
}

checks! {
    /// Luhn's check digit, over the digits of the value.
    Luhn = "luhn" => digits::luhn;
    /// Not a stand-in such as `changeme` or `xxxx`.
    Genuine = "genuine" => genuine;
    /// Letters and digits, and no joined words.
    Mixed = "mixed" => mixed;
    /// Looks drawn at random.
    Random = "random" => random;
    /// May have been chosen as a password.
    Password = "password" => password;
    /// May be the password inside an address.
    InAddress = "password-in-address" => in_address;
    /// CRC-32 in base 62 at the end, as GitHub and npm write it.
    Crc32Base62 = "crc32-base62" => crc32_base62;
    /// Grafana's CRC-32 in hexadecimal digits at the end.
    Grafana = "grafana-crc32" => grafana;
    /// GitLab's CRC-32 in base 36 at the end of a routable token.
    Gitlab = "gitlab-crc32" => gitlab;
    /// PyPI's macaroon.
    Pypi = "pypi-macaroon" => pypi;
    /// An AWS key id that holds an account number.
    AwsKeyId = "aws-account" => aws_key_id;
    /// A JSON Web Token's header.
    Jwt = "jwt-header" => jwt;
    /// HTTP basic authentication.
    Basic = "basic-auth" => basic;
    /// OpenAI's mark inside a key.
    Openai = "openai-mark" => openai;
    /// The signature of one of Microsoft's identifiable keys.
    Azure = "azure-signature" => azure;
    /// Verhoeff's check digit, over the digits of the value.
    Verhoeff = "verhoeff" => digits::verhoeff;
    /// A range and length of a card scheme, and Luhn.
    Card = "card" => payment::card;
    /// Length of the country and MOD 97-10.
    Iban = "iban" => payment::iban;
    /// Federal Reserve district and check digit.
    Aba = "aba" => payment::aba;
    /// A country inside a bank identifier code.
    Bic = "bic" => payment::bic;
    /// base58check or bech32.
    Bitcoin = "bitcoin" => coin::bitcoin;
    /// EIP-55 where the case is mixed.
    Ethereum = "ethereum" => coin::ethereum;
    /// Fifteen digits and Luhn.
    Imei = "imei" => device::imei;
    /// The check digit of vehicles.
    Vin = "vin" => device::vin;
    /// A top-level domain that exists.
    TopLevel = "top-level" => domain::email;
    /// South Africa: date of birth, citizenship, Luhn.
    SouthAfrica = "south-africa" => national::africa::south_africa;
    /// Egypt: century, date of birth, governorate.
    Egypt = "egypt" => national::africa::egypt;
    /// Israel: identity number, shorter ones filled up with zeros.
    Israel = "israel" => national::africa::israel;
    /// United Arab Emirates: country code of ISO 3166, year of birth, Luhn.
    Emirates = "emirates" => national::africa::emirates;
    /// Saudi Arabia: citizens begin with 1, residents with 2.
    Saudi = "saudi" => national::africa::saudi;
    /// Kuwait: civil number with century and date of birth.
    Kuwait = "kuwait" => national::africa::kuwait;
    /// Turkey: identity number.
    Turkey = "turkey" => national::africa::turkey;
    /// Canada: social insurance number.
    CanadaSin = "canada-sin" => national::america::canada_sin;
    /// Brazil: number of a natural person.
    BrazilCpf = "brazil-cpf" => national::america::brazil_cpf;
    /// Brazil: number of a company.
    BrazilCnpj = "brazil-cnpj" => national::america::brazil_cnpj;
    /// Argentina: tax (CUIT) and labour (CUIL) number.
    ArgentinaCuit = "argentina-cuit" => national::america::argentina_cuit;
    /// Peru: taxpayer number.
    PeruRuc = "peru-ruc" => national::america::peru_ruc;
    /// Chile: RUT, whose check character may be K.
    ChileRut = "chile-rut" => national::america::chile_rut;
    /// Mexico: CURP, the population register's code.
    MexicoCurp = "mexico-curp" => national::america::mexico_curp;
    /// Mexico: tax number of a person.
    MexicoRfc = "mexico-rfc" => national::america::mexico_rfc;
    /// Colombia: tax number, weights by primes from the right.
    ColombiaNit = "colombia-nit" => national::america::colombia_nit;
    /// Ecuador: identity card, by province, with Luhn's digit.
    EcuadorCedula = "ecuador-cedula" => national::america::ecuador_cedula;
    /// Uruguay: identity card.
    UruguayCi = "uruguay-ci" => national::america::uruguay_ci;
    /// Dominican Republic: identity card.
    DominicanCedula = "dominican-cedula" => national::america::dominican_cedula;
    /// Cuba: identity card, which begins with a date of birth; it has no published check digit.
    CubaNi = "cuba-ni" => national::america::cuba_ni;
    /// India: Aadhaar, twelve digits with Verhoeff's.
    IndiaAadhaar = "india-aadhaar" => national::asia::india_aadhaar;
    /// India: goods and services tax number: state, permanent account number, check character modulo 36.
    IndiaGstin = "india-gstin" => national::asia::india_gstin;
    /// India: state codes of registration plates.
    IndiaPlate = "india-plate" => national::asia::india_plate;
    /// China: resident identity number, date of birth and ISO 7064 MOD 11-2.
    China = "china" => national::asia::china;
    /// Hong Kong: identity card; letters count 10 to 35, a missing first letter 36.
    HongKong = "hong-kong" => national::asia::hong_kong;
    /// Taiwan: identity card; the letter stands for two digits.
    Taiwan = "taiwan" => national::asia::taiwan;
    /// Korea: resident registration number. Those given since October 2020 have no check digit, so only the date holds.
    KoreaRrn = "korea-rrn" => national::asia::korea_rrn;
    /// Korea: business registration number.
    KoreaBrn = "korea-brn" => national::asia::korea_brn;
    /// Japan: individual number.
    Japan = "japan" => national::asia::japan;
    /// Singapore: identity card (S, T) and foreign identification number (F, G, M).
    Singapore = "singapore" => national::asia::singapore;
    /// Thailand: identity number.
    Thailand = "thailand" => national::asia::thailand;
    /// Malaysia: identity card: date of birth and place of birth; it has no published check digit.
    Malaysia = "malaysia" => national::asia::malaysia;
    /// Indonesia: family card number: province, date of birth with 40 added to the day of women.
    Indonesia = "indonesia" => national::asia::indonesia;
    /// Vietnam: citizen identity: province, century and sex, year of birth.
    Vietnam = "vietnam" => national::asia::vietnam;
    /// Pakistan: computerised identity card: province.
    Pakistan = "pakistan" => national::asia::pakistan;
    /// Sri Lanka: year and day of birth; women have 500 added.
    SriLanka = "sri-lanka" => national::asia::sri_lanka;
    /// Poland: PESEL, the century added to the month.
    PolandPesel = "poland-pesel" => national::east::poland_pesel;
    /// Poland: tax number.
    PolandNip = "poland-nip" => national::east::poland_nip;
    /// Poland: number of the business register.
    PolandRegon = "poland-regon" => national::east::poland_regon;
    /// Poland: identity card, the check digit fourth.
    PolandCard = "poland-card" => national::east::poland_card;
    /// Czech Republic, Slovakia: birth number; women have 50 added to the month, some people 20 more.
    BirthNumber = "birth-number" => national::east::birth_number;
    /// Hungary: tax number of a person.
    HungaryTax = "hungary-tax" => national::east::hungary_tax;
    /// Hungary: number of the social insurance.
    HungaryTaj = "hungary-taj" => national::east::hungary_taj;
    /// Hungary: personal number: sex and century, date of birth, check digit with weights up or down.
    HungaryPersonal = "hungary-personal" => national::east::hungary_personal;
    /// Romania: personal code.
    RomaniaCnp = "romania-cnp" => national::east::romania_cnp;
    /// Bulgaria: uniform civil number; the century is added to the month.
    BulgariaEgn = "bulgaria-egn" => national::east::bulgaria_egn;
    /// Croatia: personal identification number.
    CroatiaOib = "croatia-oib" => national::east::croatia_oib;
    /// The unique citizen number that Slovenia, Serbia and their neighbours kept: `DDMMYYY`, region, serial, check.
    Jmbg = "jmbg" => national::east::jmbg;
    /// Slovenia: tax number.
    SloveniaTax = "slovenia-tax" => national::east::slovenia_tax;
    /// Russia: tax number of a person, two check digits.
    RussiaInn = "russia-inn" => national::east::russia_inn;
    /// Russia: number of the pension insurance.
    RussiaSnils = "russia-snils" => national::east::russia_snils;
    /// Ukraine: registration number of a taxpayer.
    Ukraine = "ukraine" => national::east::ukraine;
    /// Kazakhstan: individual identification number.
    Kazakhstan = "kazakhstan" => national::east::kazakhstan;
    /// Sweden: personal identity number, Luhn over the last ten digits; 60 is added to the day of a coordination number.
    Sweden = "sweden" => national::north::sweden;
    /// Sweden: number of an organisation; its third digit is at least 2.
    SwedenOrganisation = "sweden-organisation" => national::north::sweden_organisation;
    /// Norway: national identity number with two check digits; 40 is added to the day or month of some.
    Norway = "norway" => national::north::norway;
    /// Denmark: a date of birth and four digits. The check digit was given up in 2007.
    Denmark = "denmark" => national::north::denmark;
    /// Finland: personal identity code, the rest modulo 31 as a character.
    Finland = "finland" => national::north::finland;
    /// Iceland: date of birth, check digit, century; organisations have 40 added to the day.
    Iceland = "iceland" => national::north::iceland;
    /// Estonia, Lithuania: sex and century, date of birth, check digit with a second row of weights.
    Baltic = "baltic" => national::north::baltic;
    /// Latvia: a date of birth with a check digit, or 32 and random digits since 2017.
    Latvia = "latvia" => national::north::latvia;
    /// Australia: tax file number.
    AustraliaTfn = "australia-tfn" => national::oceania::australia_tfn;
    /// Australia: business number, one subtracted from its first digit, modulo 89.
    AustraliaAbn = "australia-abn" => national::oceania::australia_abn;
    /// Australia: company number.
    AustraliaAcn = "australia-acn" => national::oceania::australia_acn;
    /// Australia: Medicare card, the issue number last.
    AustraliaMedicare = "australia-medicare" => national::oceania::australia_medicare;
    /// New Zealand: inland revenue number; a second row of weights where the first gives ten.
    NewZealandIrd = "new-zealand-ird" => national::oceania::new_zealand_ird;
    /// New Zealand: national health index number, letters of an alphabet without I and O.
    NewZealandNhi = "new-zealand-nhi" => national::oceania::new_zealand_nhi;
    /// Spain: the letter of a tax number (NIF) or of a foreigner's number (NIE, whose X, Y, Z are 0, 1, 2).
    SpainNif = "spain-nif" => national::south::spain_nif;
    /// Spain: number of the social security, modulo 97.
    SpainSocial = "spain-social" => national::south::spain_social;
    /// Portugal: tax number.
    PortugalNif = "portugal-nif" => national::south::portugal_nif;
    /// Portugal: document number of the citizen card, Luhn over letters as 10 to 35.
    PortugalCard = "portugal-card" => national::south::portugal_card;
    /// Italy: the check letter of a fiscal code; every second character counts by a table of its own.
    ItalyFiscal = "italy-fiscal" => national::south::italy_fiscal;
    /// Italy: value added tax number; Luhn.
    ItalyVat = "italy-vat" => national::south::italy_vat;
    /// Greece: number of the social security, a date of birth and Luhn.
    GreeceAmka = "greece-amka" => national::south::greece_amka;
    /// Greece: tax number, weights by powers of two.
    GreeceAfm = "greece-afm" => national::south::greece_afm;
    /// Cyprus: tax number; digits at odd places count by a table of their own, the check is a letter.
    Cyprus = "cyprus" => national::south::cyprus;
    /// Social security number: no area 000, 666 or 900 and above, no group 00, no serial 0000.
    UsSsn = "us-ssn" => national::states::ssn;
    /// Individual taxpayer identification number: area 9xx, the groups that the Internal Revenue Service issues.
    UsItin = "us-itin" => national::states::itin;
    /// National provider identifier: Luhn over the digits behind the prefix 80840 (45 CFR 162.406).
    UsNpi = "us-npi" => national::states::npi;
    /// Registration number of the Drug Enforcement Administration.
    UsDea = "us-dea" => national::states::dea;
    /// Employer identification number: the prefixes that were assigned.
    UsEin = "us-ein" => national::states::ein;
    /// United Kingdom: number of the National Health Service.
    UkNhs = "uk-nhs" => national::west::uk_nhs;
    /// United Kingdom: national insurance number, by the prefixes that are given out.
    UkNino = "uk-nino" => national::west::uk_nino;
    /// United Kingdom: driver number, month and day of birth in the middle; women have 50 added to the month.
    UkDriver = "uk-driver" => national::west::uk_driver;
    /// Ireland: personal public service number.
    IrelandPps = "ireland-pps" => national::west::ireland_pps;
    /// France: registration number (NIR, of the social security), key 97 minus the rest; Corsica counts as 19 and 18.
    FranceNir = "france-nir" => national::west::france_nir;
    /// France: tax number, the last three digits being the rest modulo 511.
    FranceSpi = "france-spi" => national::west::france_spi;
    /// France: number of an establishment; Luhn.
    FranceSiret = "france-siret" => national::west::france_siret;
    /// Belgium: number of the national register, 97 minus the rest; those born since 2000 have a 2 put in front.
    Belgium = "belgium" => national::west::belgium;
    /// Netherlands: citizen service number, the test of eleven.
    NetherlandsBsn = "netherlands-bsn" => national::west::netherlands_bsn;
    /// Luxembourg: date of birth, then a Luhn digit and a Verhoeff digit over the same eleven.
    Luxembourg = "luxembourg" => national::west::luxembourg;
    /// Germany: tax identification number; one digit occurs twice or three times among the first ten.
    GermanyTax = "germany-tax" => national::west::germany_tax;
    /// Germany: value added tax number.
    GermanyVat = "germany-vat" => national::west::germany_vat;
    /// Germany: serial number of an identity card or passport (ICAO 9303, weights 7, 3, 1), with its check digit.
    GermanyCard = "germany-card" => national::west::germany_card;
    /// Germany: number of the pension insurance.
    GermanyPension = "germany-pension" => national::west::germany_pension;
    /// Germany: number of a health insurance card.
    GermanyHealth = "germany-health" => national::west::germany_health;
    /// Austria: social insurance number, the check digit fourth.
    Austria = "austria" => national::west::austria;
    /// Switzerland: number of the old-age insurance, an EAN-13 with the country code 756.
    Switzerland = "switzerland" => national::west::switzerland;
}

impl Check {
    /// The check of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|check| check.name() == name)
    }
}
