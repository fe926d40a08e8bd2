"""The sample fits the form: each row becomes a record whose answers a screen can show."""

import unittest

import interviews
from household_form import CHOICES, QUESTIONS


class InterviewsFitTheForm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = interviews.load()

    def test_there_are_600_interviews_without_coordinates(self):
        self.assertEqual(len(self.rows), 600)
        self.assertEqual(len({row["row"] for row in self.rows}), 600)
        self.assertFalse({"latitude", "longitude"} & set(self.rows[0]))

    def test_every_answer_is_one_that_its_question_takes(self):
        for row in self.rows:
            answers, members, _ = interviews.answers(row)
            for path, value in [*answers.items(), *(pair for member in members for pair in member.items())]:
                question = QUESTIONS[path]
                self.assertEqual(isinstance(value, int), question["type"] == "integer", path)
                if "list" in question:
                    self.assertIn(value, CHOICES[question["list"]], path)

    def test_every_required_question_is_answered(self):
        always = lambda question: question.get("required") is True and "relevant" not in question
        required = {path for path, question in QUESTIONS.items() if always(question)}
        for row in self.rows:
            answers, members, _ = interviews.answers(row)
            self.assertLessEqual({path for path in required if not path.startswith("art/")}, set(answers))
            self.assertTrue(all({"art/art_nama", "art/art_jk"} <= set(member) for member in members))

    def test_the_remarks_name_the_source(self):
        _, _, remarks = interviews.answers(self.rows[0])
        self.assertIn("washmalawi (CC BY 4.0)", remarks)


if __name__ == "__main__":
    unittest.main()
