"""The classes as types of pydantic's fields."""

import unittest

import pydantic

from resetd_domain import ApiKey, CustomerIp, EmailAddress, Expiry

KEY = "DEV_abcdefghijklmnopqrstuvwxyz01"


class Request(pydantic.BaseModel):
    email: EmailAddress
    ip: CustomerIp
    lives: Expiry
    key: ApiKey


class Fields(unittest.TestCase):
    def test_texts_come_in_and_go_out(self) -> None:
        request = Request.model_validate_json(f'{{"email":"JAN@a.cz","ip":"","lives":"PT1H","key":"{KEY}"}}')
        self.assertEqual((request.email, request.lives), (EmailAddress("jan@a.cz"), Expiry.DEFAULT))
        self.assertEqual(
            request.model_dump_json(), '{"email":"jan@a.cz","ip":"127.0.0.1","lives":"1h","key":"DEV_…01"}'
        )

    def test_values_are_taken_as_they_are(self) -> None:
        request = Request(
            email=EmailAddress("jan@a.cz"), ip=CustomerIp("1.1.1.1"), lives=Expiry.MAX, key=ApiKey(KEY)
        )
        self.assertIs(request.model_dump()["lives"], request.lives)

    def test_a_refusal_keeps_code_and_position(self) -> None:
        with self.assertRaises(pydantic.ValidationError) as refused:
            Request.model_validate({"email": "jan@a.cz.", "ip": 7, "lives": "1h", "key": KEY})
        found = {error["loc"][0]: error for error in refused.exception.errors()}
        self.assertEqual(set(found), {"email", "ip"})
        rule = [error for error in refused.exception.errors() if error["type"] == "resetd_rule"]
        self.assertEqual((rule[0]["ctx"]["code"], rule[0]["ctx"]["position"]), ("trailing-dot", 8))

    def test_the_json_schema_has_formats(self) -> None:
        properties = Request.model_json_schema()["properties"]
        self.assertEqual(properties["email"], {"format": "email", "title": "Email", "type": "string"})


if __name__ == "__main__":
    unittest.main()
