"""What are the made-up people called? Family and given names put together by chance; nobody is meant."""

from dataclasses import dataclass
from random import Random

_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪"
)
_FAMILY_LATIN = (
    "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang song "
    "zheng xie han tang feng yu dong xiao cheng cao yuan deng xu fu shen zeng peng lv su lu jiang "
    "cai jia ding wei xue ye yan yu pan du dai xia zhong wang "
)
_GIVEN = (
    "安佳宁晓雨子梓思嘉雅文明志海春秋冬若清凡予可乐言辰泽浩宇轩涵欣怡琪瑶萱彤悦然静婷敏燕丽军强伟磊洋勇杰涛超鹏华飞刚平"
)
_GIVEN_LATIN = (
    "an jia ning xiao yu zi zi si jia ya wen ming zhi hai chun qiu dong ruo qing fan yu ke le yan "
    "chen ze hao yu xuan han xin yi qi yao xuan tong yue ran jing ting min yan li jun qiang wei lei "
    "yang yong jie tao chao peng hua fei gang ping "
)
_FAMILIES = tuple(zip(_FAMILY, _FAMILY_LATIN.split(), strict=True))
_GIVENS = tuple(zip(_GIVEN, _GIVEN_LATIN.split(), strict=True))
_FIRST = (
    *("Ada", "Alma", "Amos", "Bella", "Boris", "Clara", "Cyrus", "Dora", "Edgar", "Elsa", "Fergus", "Flora", "Gavin"),
    *("Greta", "Hugo", "Ida", "Ivor", "June", "Kai", "Lena", "Linus", "Mabel", "Miles", "Nora", "Oscar", "Petra"),
    *("Quinn", "Rhea", "Rufus", "Selma", "Silas", "Tessa", "Toby", "Una", "Vera", "Wesley", "Yara", "Zeke"),
)
_LAST = (
    *("Ashby", "Barlow", "Birch", "Calder", "Cope", "Dale", "Denholm", "Eastwood", "Fenn", "Garrick", "Hale", "Harlow"),
    *("Inman", "Jarvis", "Kershaw", "Lark", "Lowell", "Marsh", "Merrick", "Nash", "Oakes", "Penrose", "Quill", "Rowe"),
    *("Sedge", "Thorne", "Underhill", "Vale", "Wainwright", "Westcott", "Whitlock", "Yardley"),
)


@dataclass(frozen=True, slots=True)
class Name:
    """A made-up person's name."""

    full: str  # 王雨涵, Ada Birch
    short: str  # how an agent calls them: 雨涵, Ada
    latin: str  # for an address: wang.yuhan, ada.birch


def draw(dice: Random, language: str) -> Name:
    """Return a name that fits a language."""
    if language == "en":
        first, last = dice.choice(_FIRST), dice.choice(_LAST)
        return Name(f"{first} {last}", first, f"{first}.{last}".lower())
    family, family_latin = dice.choice(_FAMILIES)
    given = [dice.choice(_GIVENS) for _ in range(1 if dice.random() < 0.15 else 2)]
    called = "".join(character for character, _ in given)
    return Name(family + called, called, f"{family_latin}.{''.join(latin for _, latin in given)}")
