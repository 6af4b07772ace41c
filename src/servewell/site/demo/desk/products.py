"""What does the shop sell? Made-up goods by category, with a price in yuan."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Product:
    """One of the goods."""

    category: str  # code of an option of the attribute `favourite_category`
    zh: str
    en: str
    price: int  # yuan

    def name(self, language: str) -> str:
        """Return what it is called."""
        return self.en if language == "en" else self.zh


CATEGORIES = (
    ("kitchen", "厨房电器", "Kitchen"),
    ("home", "家居清洁", "Home"),
    ("audio", "影音耳机", "Audio"),
    ("outdoor", "户外出行", "Outdoor"),
    ("baby", "母婴用品", "Baby"),
    ("office", "办公数码", "Office"),
)
_ALL = (
    ("kitchen", "云朵电饭煲", "Cloud rice cooker", 399),
    ("kitchen", "晨光破壁机", "Dawn blender", 528),
    ("kitchen", "小方空气炸锅", "Square air fryer", 349),
    ("kitchen", "恒温电热水壶", "Steady kettle", 159),
    ("home", "静音扫地机器人", "Quiet robot vacuum", 1899),
    ("home", "手持除螨仪", "Handheld mite cleaner", 299),
    ("home", "雾岛加湿器", "Mist humidifier", 189),
    ("home", "感应垃圾桶", "Sensor bin", 129),
    ("audio", "听风蓝牙耳机", "Breeze earbuds", 259),
    ("audio", "山谷无线音箱", "Valley speaker", 469),
    ("audio", "降噪头戴耳机", "Hush headphones", 899),
    ("outdoor", "轻羽冲锋衣", "Feather rain jacket", 629),
    ("outdoor", "星野双人帐篷", "Starfield tent for two", 758),
    ("outdoor", "折叠露营椅", "Folding camp chair", 139),
    ("outdoor", "保温运动水壶", "Insulated bottle", 99),
    ("baby", "软软婴儿推车", "Softy pushchair", 1280),
    ("baby", "恒温调奶器", "Bottle warmer", 239),
    ("baby", "防滑学步鞋", "First steps shoes", 119),
    ("office", "护眼台灯", "Kind desk lamp", 219),
    ("office", "矮轴机械键盘", "Low-key keyboard", 379),
    ("office", "人体工学椅", "Upright chair", 1099),
    ("office", "二十寸显示器支架", "Monitor arm", 199),
)
PRODUCTS = tuple(Product(*each) for each in _ALL)


def draw(dice: Random) -> Product:
    """Return one of the goods."""
    return dice.choice(PRODUCTS)
