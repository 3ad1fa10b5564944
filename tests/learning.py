"""What the tests of learning share: pages of invented sites, and what is learned from them."""

import json
import random
from datetime import date, timedelta

from cleaner.learn.job import Learning
from cleaner.learn.run import learn
from cleaner.templates.files import read_sites

NOUNS = "council bridge harbour ferry engineer budget autumn mayor station teacher market roof flood diver wreck"
WORDS = NOUNS.split()
MENU, FEET = ["Berriak", "Mezani", "Pwani"], ["Gazeti la pwani, mtaa wa gati", "Kampuni ya kiwanda cha uchapaji"]
START = date(2024, 1, 1)


def paragraph(rng):
    return f"The {' '.join(rng.choice(WORDS) for _ in range(20))} said number {rng.randrange(10**6)} on the day."


class Corpus:
    """Pages of sites, as JSON lines."""

    def __init__(self, folder, seed=1):
        self.rng, self.path, self.rows = random.Random(seed), folder / "corpus.jsonl", []
        self.output = folder / "sites.parquet"

    def story(self, length=6):
        return [paragraph(self.rng) for _ in range(length)]

    def page(self, body, day=None, site="www.a.example", headline=None, **more):
        number = len(self.rows)
        title = f"Number {self.rng.choice(WORDS)} {self.rng.choice(WORDS)} of {chr(97 + number % 26)}{number // 26}"
        row = {"url": f"https://{site}/{number}", "text": "\n".join([*MENU, headline or title, *body, *FEET])}
        if day is not None:
            row["date"] = (START + timedelta(days=day)).isoformat()
        self.rows.append(row | more)

    def pages(self, count, body=lambda story: story, **more):
        for number in range(count):
            self.page(body(self.story()), day=number * 300 // count, **more)

    def learn(self, **more):
        self.path.write_text("".join(json.dumps(row) + "\n" for row in self.rows), encoding="utf-8")
        return learn(Learning(str(self.path), self.output, **more))

    def taken(self, site="a.example", **more):
        self.learn(**more)
        found = {each.name: each for each in read_sites(self.output)}
        return {line.text for line in found[site].acting()} if site in found else None
