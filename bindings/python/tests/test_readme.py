"""The example of the README, run as it stands there."""

import pathlib
import re
import unittest

README = pathlib.Path(__file__).parent.parent / "README.md"


class Readme(unittest.TestCase):
    def test_its_examples_run(self) -> None:
        examples = re.findall(r"^```python\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        self.assertTrue(examples)
        for example in examples:
            exec(compile(example, str(README), "exec"), {})


if __name__ == "__main__":
    unittest.main()
