<?php

declare(strict_types=1);

/** A rule refused a text: what for, and at which byte. */
final class RuleError extends InvalidArgumentException
{
    public function __construct(
        string $message,
        public readonly string $refusal,
        public readonly int $position,
    ) {
        parent::__construct($message);
    }
}

/** The four rules of resetd through PHP's FFI. The answers are arrays with the members that conformance/ lists. */
final class ResetdRules
{
    private FFI $library;

    /** @param string $library where libresetd_rules.so is */
    public function __construct(string $library)
    {
        $this->library = FFI::cdef(
            'char *resetd_rule(const char *rule, const char *input, size_t input_length, const char *options);
             void resetd_free(char *answer);
             const char *resetd_rules_version(void);',
            $library,
        );
    }

    /** Since which year and month every input has had the answer it has now. Store it beside a canonical form. */
    public function version(): string
    {
        return $this->library->resetd_rules_version();
    }

    /** @param array{providers?: list<array<string, mixed>>} $options */
    public function email(string $text, array $options = []): array
    {
        return $this->apply('email', $text, $options);
    }

    public function ip(string $text): array
    {
        return $this->apply('ip', $text, []);
    }

    public function expiry(string $text): array
    {
        return $this->apply('expiry', $text, []);
    }

    /** @param array{refuseSample?: bool} $options */
    public function apiKey(#[SensitiveParameter] string $text, array $options = []): array
    {
        return $this->apply('api-key', $text, $options);
    }

    private function apply(string $rule, #[SensitiveParameter] string $text, array $options): array
    {
        $json = json_encode((object) $options, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
        $pointer = $this->library->resetd_rule($rule, $text, strlen($text), $json);
        try {
            $answer = json_decode(FFI::string($pointer), true, flags: JSON_THROW_ON_ERROR);
        } finally {
            $this->library->resetd_free($pointer);
        }
        if ($answer['ok']) {
            return $answer;
        }
        $error = $answer['error'];
        if (!isset($error['position'])) {
            throw new LogicException($error['message']);
        }
        throw new RuleError($error['message'], $error['code'], $error['position']);
    }
}
