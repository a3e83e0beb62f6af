"""Names and codes, in both languages."""

from __future__ import annotations

DISTRICTS = (
    # English, Arabic, about where it lies (km east and north), its fabric, its sub-municipality.
    ("Al-Balad", "البلد", 519.35, 2376.45, "old", 0),
    ("Al-Baghdadiyah", "البغدادية", 518.9, 2377.9, "centre", 0),
    ("Ar-Ruwais", "الرويس", 517.9, 2379.7, "centre", 1),
    ("Al-Hamra", "الحمراء", 515.6, 2382.6, "centre", 1),
    ("Ash-Sharafiyah", "الشرفية", 520.3, 2379.3, "flats", 1),
    ("Al-Andalus", "الأندلس", 513.6, 2383.0, "villas", 1),
    ("Al-Aziziyah", "العزيزية", 519.2, 2383.2, "flats", 2),
    ("Ar-Rawdah", "الروضة", 516.0, 2385.0, "villas", 2),
    ("Al-Faisaliyah", "الفيصلية", 518.4, 2385.6, "small", 2),
    ("As-Safa", "الصفا", 521.4, 2386.6, "small", 2),
    ("Az-Zahra", "الزهراء", 513.6, 2387.4, "villas", 3),
    ("As-Salamah", "السلامة", 516.2, 2388.2, "small", 3),
    ("Ash-Shati", "الشاطئ", 511.9, 2389.6, "centre", 3),
    ("An-Naim", "النعيم", 514.4, 2391.2, "villas", 3),
    ("Obhur", "أبحر", 510.8, 2401.4, "villas", 4),
    # Beyond the sample's usual reach.
    ("Al-Kandarah", "الكندرة", 520.9, 2377.3, "flats", 0),
    ("Al-Hindawiyah", "الهنداوية", 520.1, 2374.4, "small", 0),
    ("Ghulail", "غليل", 520.9, 2371.9, "small", 5),
    ("Al-Wazariyah", "الوزيرية", 524.2, 2373.0, "small", 5),
    ("Al-Mahjar", "المحجر", 522.9, 2370.2, "small", 5),
    ("Al-Khumrah", "الخمرة", 522.9, 2363.6, "small", 5),
    ("Al-Jamiah", "الجامعة", 525.6, 2376.4, "flats", 5),
    ("Ar-Rughamah", "الرغامة", 530.2, 2377.2, "small", 5),
    ("Al-Fayha", "الفيحاء", 527.6, 2379.6, "villas", 5),
    ("An-Nasim", "النسيم", 524.0, 2380.3, "villas", 2),
    ("Mishrifah", "مشرفة", 521.6, 2382.6, "flats", 2),
    ("Ar-Rihab", "الرحاب", 523.0, 2384.5, "flats", 2),
    ("Al-Marwah", "المروة", 519.6, 2391.6, "small", 3),
    ("Ar-Rabwah", "الربوة", 518.3, 2389.4, "small", 3),
    ("Al-Bawadi", "البوادي", 517.2, 2392.4, "small", 3),
    ("An-Nahdah", "النهضة", 514.0, 2393.6, "villas", 3),
    ("Al-Muhammadiyah", "المحمدية", 513.4, 2396.0, "villas", 4),
    ("Al-Murjan", "المرجان", 511.6, 2397.2, "villas", 4),
    ("Al-Basatin", "البساتين", 512.8, 2399.2, "villas", 4),
    ("As-Samir", "السامر", 525.2, 2388.4, "small", 6),
    ("Al-Manar", "المنار", 526.8, 2386.0, "small", 6),
    ("Al-Ajwad", "الأجواد", 526.0, 2391.8, "small", 6),
    ("As-Sanabil", "السنابل", 527.6, 2365.8, "small", 5),
    ("Al-Hamdaniyah", "الحمدانية", 524.4, 2397.6, "small", 6),
    ("Taybah", "طيبة", 519.6, 2400.2, "small", 6),
    ("Al-Falah", "الفلاح", 526.2, 2402.4, "small", 6),
    ("Ar-Riyad", "الرياض", 519.0, 2405.8, "small", 6),
    ("Ash-Shira", "الشراع", 509.2, 2405.4, "villas", 4),
    ("Al-Amwaj", "الأمواج", 506.9, 2409.0, "villas", 4),
    ("Al-Fanar", "الفنار", 512.0, 2411.0, "villas", 4),
)
SUB_MUNICIPALITIES = (
    ("Historic Jeddah", "جدة التاريخية"),
    ("Ash-Sharafiyah", "الشرفية"),
    ("Al-Aziziyah", "العزيزية"),
    ("Jeddah Al-Jadidah", "جدة الجديدة"),
    ("Obhur", "أبحر"),
    ("Al-Janub", "الجنوب"),
    ("Umm As-Salam", "أم السلم"),
)
MUNICIPALITY = ("Jeddah Municipality", "أمانة محافظة جدة")

AVENUES = {
    # Main roads along the shore, by their grid line.
    -6: ("Prince Sultan Road", "طريق الأمير سلطان"), -4: ("King Road", "طريق الملك"),
    -2: ("Prince Faisal bin Fahd Road", "طريق الأمير فيصل بن فهد"),
    0: ("Al-Hamra Street", "شارع الحمراء"), 2: ("Hail Street", "شارع حائل"), 3: ("Al-Andalus Road", "طريق الأندلس"),
    5: ("Al-Madinah Road", "طريق المدينة"), 7: ("King Fahd Road", "طريق الملك فهد"),
    9: ("King Khalid Street", "شارع الملك خالد"), 14: ("Al-Haramain Expressway", "طريق الحرمين السريع"),
}  # fmt: skip
STREETS = {
    # Main roads that lead inland, by their grid line.
    -5: ("King Abdulaziz Street", "شارع الملك عبدالعزيز"), -4: ("Al-Dhahab Street", "شارع الذهب"),
    -3: ("Al-Mina Street", "شارع الميناء"), -2: ("Baghdadiyah Street", "شارع البغدادية"),
    -1: ("Ar-Ruwais Street", "شارع الرويس"), 0: ("Al-Maadi Street", "شارع المعادي"),
    1: ("Falasteen Street", "شارع فلسطين"), 3: ("At-Tahliyah Street", "شارع التحلية"),
    5: ("Ar-Rawdah Street", "شارع الروضة"), 7: ("Sari Street", "شارع صاري"), 10: ("Quraysh Street", "شارع قريش"),
    12: ("Hira Street", "شارع حراء"),
}  # fmt: skip
CORNICHE = ("Corniche Road", "طريق الكورنيش")
PALM_LINED = frozenset({"Corniche Road", "Al-Hamra Street", "Al-Andalus Road", "Falasteen Street", "Al-Dhahab Street"})

USES_EN = {
    "residential": "Residential", "commercial": "Commercial", "mixed": "Mixed use", "educational": "Educational",
    "health": "Health", "government": "Government", "religious": "Mosque",
}  # fmt: skip
USES_AR = {
    "residential": "سكني", "commercial": "تجاري", "mixed": "مختلط", "educational": "تعليمي", "health": "صحي",
    "government": "حكومي", "religious": "مسجد",
}  # fmt: skip
FACADES_EN, FACADES_AR = {"roshan": "Roshans"}, {"roshan": "رواشين"}
ROADS_EN = {"motorway": "Motorway", "main": "Main road", "street": "Street"}
ROADS_AR = {"motorway": "طريق سريع", "main": "طريق رئيسي", "street": "شارع"}

MOSQUES = (
    ("Ar-Rahmah", "الرحمة"), ("An-Nur", "النور"), ("At-Taqwa", "التقوى"), ("Al-Falah", "الفلاح"),
    ("As-Salam", "السلام"), ("Al-Iman", "الإيمان"), ("Al-Huda", "الهدى"), ("Al-Ikhlas", "الإخلاص"),
    ("Al-Firdaws", "الفردوس"), ("As-Sabr", "الصبر"), ("Ar-Ridwan", "الرضوان"), ("Al-Furqan", "الفرقان"),
    ("At-Tawbah", "التوبة"), ("Al-Birr", "البر"), ("Al-Ihsan", "الإحسان"), ("Al-Yaqin", "اليقين"),
    ("Ash-Shukr", "الشكر"), ("Al-Amanah", "الأمانة"), ("As-Sidq", "الصدق"), ("Al-Wafa", "الوفاء"),
    ("Al-Karam", "الكرم"), ("Ar-Rayyan", "الريان"), ("As-Safwah", "الصفوة"), ("Al-Khayr", "الخير"),
    ("Al-Qiblatayn", "القبلتين"), ("Al-Bayan", "البيان"), ("Al-Fath", "الفتح"), ("An-Nasr", "النصر"),
    ("Al-Anwar", "الأنوار"), ("As-Sakinah", "السكينة"), ("Al-Hikmah", "الحكمة"),
)  # fmt: skip
TOWERS = (
    ("Lulu", "اللؤلؤ"), ("Marjan", "المرجان"), ("Nakheel", "النخيل"), ("Bahr", "البحر"), ("Shams", "الشمس"),
    ("Manarah", "المنارة"), ("Yasmin", "الياسمين"), ("Nasim", "النسيم"), ("Shira", "الشراع"), ("Mawj", "الموج"),
    ("Sadaf", "الصدف"), ("Fairuz", "الفيروز"),
)  # fmt: skip
LANDMARKS = {
    "religious": ("Mosque", "مسجد"), "educational": ("School", "مدرسة"), "health": ("Hospital", "مستشفى"),
    "tower": ("Tower", "برج"), "mall": ("Mall", "مجمع"),
}  # fmt: skip
