"""The four classes as types of pydantic's fields. Only pydantic imports this."""

from __future__ import annotations

from typing import Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ._errors import RuleError


def schema(cls: type[Any], json_format: str) -> CoreSchema:
    """Takes a text or an instance; writes the text, of a key its masked form."""

    def read(value: str) -> Any:
        try:
            return cls(value)
        except RuleError as error:
            context = {"message": str(error), "code": error.code, "position": error.position}
            raise PydanticCustomError("resetd_rule", "{message}", context) from None

    text = core_schema.no_info_after_validator_function(
        read, core_schema.str_schema(metadata={"pydantic_js_updates": {"format": json_format}})
    )
    return core_schema.json_or_python_schema(
        json_schema=text,
        python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), text]),
        serialization=core_schema.plain_serializer_function_ser_schema(
            str, return_schema=core_schema.str_schema(), when_used="json"
        ),
    )
