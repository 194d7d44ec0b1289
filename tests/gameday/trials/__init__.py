"""The trials by their numbers. Each says what it counted, and whether that is what must be."""

from collections.abc import Callable

from tests.gameday.shop import Outcome, Shop

from . import (
    accounts,
    acid,
    bargains,
    crowds,
    disk,
    keys,
    kills,
    line,
    money,
    overload,
    redis,
    replies,
    restarts,
    shelf,
    siege,
    storm,
    strangers,
    undoing,
)

Trial = Callable[[Shop, float], Outcome]

TRIALS: dict[str, tuple[Trial, Trial]] = {
    "T1": (crowds.t1, crowds.t1_control),
    "T2": (crowds.t2, crowds.t2_control),
    "T3": (crowds.t3, crowds.t3_control),
    "T4": (shelf.t4, shelf.t4_control),
    "T5": (kills.t5, kills.t5_control),
    "T6": (replies.t6, replies.t6_control),
    "T7": (keys.t7, keys.t7_control),
    "T7-order": (replies.t7, replies.t7_control),
    "T8": (keys.t8, keys.t8_control),
    "T8-order": (replies.t8, replies.t8_control),
    "T9": (redis.t9, redis.t9_control),
    "T13": (money.t13, money.t13_control),
    "T14": (money.t14, money.t14_control),
    "T15": (undoing.t15, undoing.t15_control),
    "T16": (restarts.t16, restarts.t16_control),
    "T17": (disk.t17, disk.t17_control),
    "T18": (shelf.t18, shelf.t18_control),
    "T19": (shelf.t19, shelf.t19_control),
    "T21": (overload.t21, overload.t21_control),
    "T26": (shelf.t26, shelf.t26_control),
    "T27": (line.t27, line.t27_control),
    "T28": (acid.t28, acid.t28_control),
    "S3": (strangers.s3, strangers.s3_control),
    "S4": (accounts.s4, accounts.s4_control),
    "S5": (bargains.s5, bargains.s5_control),
    "S6": (strangers.s6, strangers.s6_control),
    "S8": (bargains.s8, bargains.s8_control),
    "S9": (bargains.s9, bargains.s9_control),
    "S9-card": (bargains.s9_card, bargains.s9_card_control),
    "S10": (money.s10, money.s10_control),
    "S24": (money.s24, money.s24_control),
    "S25": (money.s25, money.s25_control),
    "S33": (siege.s33_alone, siege.s33_control),
    "S33-100": (siege.s33_together, siege.s33_together_control),
    "storm": (storm.storm, storm.storm_control),
    "caps": (strangers.caps, strangers.caps_control),
}
