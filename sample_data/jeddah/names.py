"""Names and codes, in both languages."""

from __future__ import annotations

DISTRICTS = (
    # From the south northward; at the shore, behind it, and inland.
    (("Al-Balad", "البلد"), ("Al-Baghdadiyah", "البغدادية"), ("As-Safa", "الصفا")),
    (("Al-Hamra", "الحمراء"), ("Ar-Ruwais", "الرويس"), ("Al-Aziziyah", "العزيزية")),
    (("Al-Andalus", "الأندلس"), ("Ash-Sharafiyah", "الشرفية"), ("Al-Faisaliyah", "الفيصلية")),
    (("Ash-Shati", "الشاطئ"), ("Ar-Rawdah", "الروضة"), ("As-Salamah", "السلامة")),
    (("An-Naim", "النعيم"), ("Az-Zahra", "الزهراء"), ("Obhur", "أبحر")),
)
SUB_MUNICIPALITIES = (
    ("Historic Jeddah", "جدة التاريخية"),
    ("Al-Balad Al-Jadid", "البلد الجديد"),
    ("Al-Sharafiyah", "الشرفية"),
    ("Jeddah Al-Jadidah", "جدة الجديدة"),
    ("Obhur", "أبحر"),
)
MUNICIPALITY = ("Jeddah Municipality", "أمانة محافظة جدة")

USES_EN = {
    "residential": "Residential", "commercial": "Commercial", "mixed": "Mixed use", "educational": "Educational",
    "health": "Health", "government": "Government", "religious": "Mosque",
}  # fmt: skip
USES_AR = {
    "residential": "سكني", "commercial": "تجاري", "mixed": "مختلط", "educational": "تعليمي", "health": "صحي",
    "government": "حكومي", "religious": "مسجد",
}  # fmt: skip
ROADS_EN = {"motorway": "Motorway", "main": "Main road", "street": "Street"}
ROADS_AR = {"motorway": "طريق سريع", "main": "طريق رئيسي", "street": "شارع"}

MOSQUES = (
    ("Ar-Rahmah", "الرحمة"), ("An-Nur", "النور"), ("At-Taqwa", "التقوى"), ("Al-Falah", "الفلاح"),
    ("As-Salam", "السلام"), ("Al-Iman", "الإيمان"), ("Al-Huda", "الهدى"), ("Al-Ikhlas", "الإخلاص"),
    ("Al-Firdaws", "الفردوس"), ("As-Sabr", "الصبر"),
)  # fmt: skip
TOWERS = (
    ("Lulu", "لؤلؤة"), ("Marjan", "مرجان"), ("Nakheel", "النخيل"), ("Bahr", "البحر"), ("Shams", "الشمس"),
    ("Manarah", "المنارة"), ("Yasmin", "الياسمين"), ("Nasim", "النسيم"),
)  # fmt: skip
