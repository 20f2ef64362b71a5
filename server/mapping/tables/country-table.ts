/**
 * Countries: ISO 3166-1 alpha-2, alpha-3, calling code, what is dialled before a national number (`-` for nothing), then the name
 * to show and other names to recognise. XK is in common use though not assigned.
 */
export const COUNTRY_TABLE = `
AD AND 376 - Andorra
AE ARE 971 0 United Arab Emirates|UAE|دولة الإمارات العربية المتحدة
AF AFG 93 0 Afghanistan|افغانستان
AG ATG 1 1 Antigua and Barbuda
AI AIA 1 1 Anguilla
AL ALB 355 0 Albania|Shqipëria
AM ARM 374 0 Armenia|Հայաստան
AO AGO 244 - Angola
AQ ATA 672 - Antarctica
AR ARG 54 0 Argentina
AS ASM 1 1 American Samoa
AT AUT 43 0 Austria|Österreich
AU AUS 61 0 Australia
AW ABW 297 - Aruba
AX ALA 358 0 Åland Islands|Aland
AZ AZE 994 0 Azerbaijan|Azərbaycan
BA BIH 387 0 Bosnia and Herzegovina|Bosna i Hercegovina
BB BRB 1 1 Barbados
BD BGD 880 0 Bangladesh
BE BEL 32 0 Belgium|België
BF BFA 226 - Burkina Faso
BG BGR 359 0 Bulgaria|България
BH BHR 973 - Bahrain|‏البحرين
BI BDI 257 - Burundi
BJ BEN 229 - Benin
BL BLM 590 0 Saint Barthélemy
BM BMU 1 1 Bermuda
BN BRN 673 - Brunei|Brunei Darussalam|Negara Brunei Darussalam
BO BOL 591 0 Bolivia
BQ BES 599 - Bonaire, Sint Eustatius and Saba|Bonaire
BR BRA 55 0 Brazil|Brasil
BS BHS 1 1 Bahamas
BT BTN 975 - Bhutan|ʼbrug-yul
BV BVT 47 - Bouvet Island|Bouvetøya
BW BWA 267 - Botswana
BY BLR 375 8 Belarus|Беларусь
BZ BLZ 501 - Belize
CA CAN 1 1 Canada
CC CCK 61 0 Cocos (Keeling) Islands
CD COD 243 0 Democratic Republic of the Congo|Congo|DR Congo|DRC|République démocratique du Congo
CF CAF 236 - Central African Republic|Ködörösêse tî Bêafrîka
CG COG 242 - Republic of the Congo|Congo-Brazzaville|République du Congo
CH CHE 41 0 Switzerland|Schweiz
CI CIV 225 - Côte d'Ivoire|Ivory Coast
CK COK 682 - Cook Islands
CL CHL 56 - Chile
CM CMR 237 - Cameroon
CN CHN 86 0 China|People's Republic of China|PRC|中国
CO COL 57 0 Colombia
CR CRI 506 - Costa Rica
CU CUB 53 0 Cuba
CV CPV 238 - Cabo Verde|Cape Verde
CW CUW 599 - Curaçao
CX CXR 61 0 Christmas Island
CY CYP 357 - Cyprus|Κύπρος
CZ CZE 420 - Czechia|Czech Republic|Česko
DE DEU 49 0 Germany|Germany, Federal Republic of|Deutschland
DJ DJI 253 - Djibouti
DK DNK 45 - Denmark|Danmark
DM DMA 1 1 Dominica
DO DOM 1 1 Dominican Republic|República Dominicana
DZ DZA 213 0 Algeria|الجزائر
EC ECU 593 0 Ecuador
EE EST 372 - Estonia|Eesti
EG EGY 20 0 Egypt|مصر‎
EH ESH 212 0 Western Sahara|الصحراء الغربية
ER ERI 291 0 Eritrea|ኤርትራ
ES ESP 34 - Spain|España
ET ETH 251 0 Ethiopia|ኢትዮጵያ
FI FIN 358 0 Finland|Suomi
FJ FJI 679 - Fiji
FK FLK 500 - Falkland Islands|Falkland Islands (Malvinas)
FM FSM 691 - Micronesia|Micronesia, Federated States of
FO FRO 298 - Faroe Islands|Føroyar
FR FRA 33 0 France
GA GAB 241 - Gabon
GB GBR 44 0 United Kingdom|UK|Great Britain|England|Scotland|Wales|Northern Ireland
GD GRD 1 1 Grenada
GE GEO 995 0 Georgia|საქართველო
GF GUF 594 0 French Guiana|Guyane française
GG GGY 44 0 Guernsey
GH GHA 233 0 Ghana
GI GIB 350 - Gibraltar
GL GRL 299 - Greenland|Kalaallit Nunaat
GM GMB 220 - Gambia|Republic of The Gambia|The Gambia
GN GIN 224 - Guinea|Guinée
GP GLP 590 0 Guadeloupe
GQ GNQ 240 - Equatorial Guinea|Guinea Ecuatorial
GR GRC 30 - Greece|Ελλάδα
GS SGS 500 - South Georgia and the South Sandwich Islands|South Georgia
GT GTM 502 - Guatemala
GU GUM 1 1 Guam
GW GNB 245 - Guinea-Bissau|Guiné-Bissau
GY GUY 592 - Guyana
HK HKG 852 - Hong Kong|香港
HM HMD 672 - Heard Island and McDonald Islands
HN HND 504 - Honduras
HR HRV 385 0 Croatia|Hrvatska
HT HTI 509 - Haiti
HU HUN 36 06 Hungary|Magyarország
ID IDN 62 0 Indonesia
IE IRL 353 0 Ireland|Éire
IL ISR 972 0 Israel|יִשְׂרָאֵל
IM IMN 44 0 Isle of Man
IN IND 91 0 India|भारत
IO IOT 246 - British Indian Ocean Territory
IQ IRQ 964 0 Iraq|العراق
IR IRN 98 0 Iran|Islamic Republic of Iran|ایران
IS ISL 354 - Iceland|Ísland
IT ITA 39 - Italy|Italia
JE JEY 44 0 Jersey
JM JAM 1 1 Jamaica
JO JOR 962 0 Jordan|الأردن
JP JPN 81 0 Japan|日本
KE KEN 254 0 Kenya
KG KGZ 996 0 Kyrgyzstan|Кыргызстан
KH KHM 855 0 Cambodia|កម្ពុជា
KI KIR 686 0 Kiribati
KM COM 269 - Comoros|Komori
KN KNA 1 1 Saint Kitts and Nevis
KP PRK 850 0 North Korea|북한
KR KOR 82 0 South Korea|Korea, Republic of|Republic of Korea|Korea|대한민국
KW KWT 965 - Kuwait|الكويت
KY CYM 1 1 Cayman Islands
KZ KAZ 7 8 Kazakhstan|Қазақстан
LA LAO 856 0 Laos|Lao People's Democratic Republic|ສປປລາວ
LB LBN 961 0 Lebanon|لبنان
LC LCA 1 1 Saint Lucia
LI LIE 423 0 Liechtenstein
LK LKA 94 0 Sri Lanka|śrī laṃkāva
LR LBR 231 0 Liberia
LS LSO 266 - Lesotho
LT LTU 370 0 Lithuania|Lietuva
LU LUX 352 - Luxembourg
LV LVA 371 - Latvia|Latvija
LY LBY 218 0 Libya|‏ليبيا
MA MAR 212 0 Morocco|المغرب
MC MCO 377 0 Monaco
MD MDA 373 0 Moldova|Moldova, Republic of
ME MNE 382 0 Montenegro|Црна Гора
MF MAF 590 0 Saint Martin (French part)|Saint Martin
MG MDG 261 0 Madagascar|Madagasikara
MH MHL 692 1 Marshall Islands|M̧ajeļ
MK MKD 389 0 North Macedonia|The Republic of North Macedonia|Macedonia|Северна Македонија
ML MLI 223 - Mali
MM MMR 95 0 Myanmar|Burma|မြန်မာ
MN MNG 976 0 Mongolia|Монгол улс
MO MAC 853 - Macao|澳門
MP MNP 1 1 Northern Mariana Islands
MQ MTQ 596 0 Martinique
MR MRT 222 - Mauritania|موريتانيا
MS MSR 1 1 Montserrat
MT MLT 356 - Malta
MU MUS 230 - Mauritius|Maurice
MV MDV 960 - Maldives
MW MWI 265 0 Malawi
MX MEX 52 - Mexico
MY MYS 60 0 Malaysia
MZ MOZ 258 - Mozambique|Moçambique
NA NAM 264 0 Namibia
NC NCL 687 - New Caledonia|Nouvelle-Calédonie
NE NER 227 - Niger
NF NFK 672 - Norfolk Island
NG NGA 234 0 Nigeria
NI NIC 505 - Nicaragua
NL NLD 31 0 Netherlands|The Netherlands|Netherlands (Kingdom of the)|Holland|Nederland
NO NOR 47 - Norway|Norge
NP NPL 977 0 Nepal|नेपाल
NR NRU 674 - Nauru
NU NIU 683 - Niue
NZ NZL 64 0 New Zealand
OM OMN 968 - Oman|عمان
PA PAN 507 - Panama
PE PER 51 0 Peru
PF PYF 689 - French Polynesia|Polynésie française
PG PNG 675 - Papua New Guinea|Papua Niugini
PH PHL 63 0 Philippines|Pilipinas
PK PAK 92 0 Pakistan
PL POL 48 - Poland|Polska
PM SPM 508 0 Saint Pierre and Miquelon|Saint-Pierre-et-Miquelon
PN PCN 64 - Pitcairn|Pitcairn Islands
PR PRI 1 1 Puerto Rico
PS PSE 970 0 Palestine|State of Palestine|فلسطين
PT PRT 351 - Portugal
PW PLW 680 - Palau
PY PRY 595 0 Paraguay
QA QAT 974 - Qatar|قطر
RE REU 262 0 Reunion|La Réunion
RO ROU 40 0 Romania
RS SRB 381 0 Serbia|Србија
RU RUS 7 8 Russia|Russian Federation|Россия
RW RWA 250 0 Rwanda
SA SAU 966 0 Saudi Arabia|المملكة العربية السعودية
SB SLB 677 - Solomon Islands
SC SYC 248 - Seychelles
SD SDN 249 0 Sudan|السودان
SE SWE 46 0 Sweden|Sverige
SG SGP 65 - Singapore
SH SHN 290 - Saint Helena
SI SVN 386 0 Slovenia|Slovenija
SJ SJM 47 - Svalbard and Jan Mayen|Svalbard og Jan Mayen
SK SVK 421 0 Slovakia|Slovensko
SL SLE 232 0 Sierra Leone
SM SMR 378 - San Marino
SN SEN 221 - Senegal
SO SOM 252 0 Somalia|Soomaaliya
SR SUR 597 - Suriname
SS SSD 211 0 South Sudan
ST STP 239 - Sao Tome and Principe|São Tomé e Príncipe
SV SLV 503 - El Salvador
SX SXM 1 1 Sint Maarten (Dutch part)|Sint Maarten
SY SYR 963 0 Syria|Syrian Arab Republic|سوريا
SZ SWZ 268 - Eswatini|Swaziland
TC TCA 1 1 Turks and Caicos Islands
TD TCD 235 - Chad|Tchad
TF ATF 262 - French Southern Territories|Territoire des Terres australes et antarctiques fr
TG TGO 228 - Togo
TH THA 66 0 Thailand|ประเทศไทย
TJ TJK 992 - Tajikistan|Тоҷикистон
TK TKL 690 - Tokelau
TL TLS 670 - Timor-Leste|East Timor
TM TKM 993 8 Turkmenistan
TN TUN 216 - Tunisia|تونس
TO TON 676 - Tonga
TR TUR 90 0 Türkiye|Turkey
TT TTO 1 1 Trinidad and Tobago
TV TUV 688 - Tuvalu
TW TWN 886 0 Taiwan|Taiwan, Province of China|臺灣
TZ TZA 255 0 Tanzania|United Republic of Tanzania
UA UKR 380 0 Ukraine|Україна
UG UGA 256 0 Uganda
UM UMI 1 - United States Minor Outlying Islands|U.S. Minor Outlying Islands
US USA 1 1 United States|United States of America|U.S.A.|U.S.|America
UY URY 598 0 Uruguay
UZ UZB 998 - Uzbekistan|O'zbekiston
VA VAT 39 - Vatican City|Holy See (Vatican City State)|Holy See|Vaticano
VC VCT 1 1 Saint Vincent and the Grenadines
VE VEN 58 0 Venezuela
VG VGB 1 1 Virgin Islands, British|British Virgin Islands
VI VIR 1 1 Virgin Islands, U.S.|U.S. Virgin Islands|United States Virgin Islands
VN VNM 84 0 Vietnam
VU VUT 678 - Vanuatu
WF WLF 681 - Wallis and Futuna|Wallis et Futuna
WS WSM 685 - Samoa
XK XKK 383 0 Kosovo|Republika e Kosovës
XK XKX 383 0 
YE YEM 967 0 Yemen|اليَمَن
YT MYT 262 0 Mayotte
ZA ZAF 27 0 South Africa
ZM ZMB 260 0 Zambia
ZW ZWE 263 0 Zimbabwe
`;
