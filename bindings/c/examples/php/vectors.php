<?php

// Every vector of conformance/: php vectors.php LIBRARY

declare(strict_types=1);

require __DIR__ . '/ResetdRules.php';

$rules = new ResetdRules($argv[1]);
$apply = [
    'email' => $rules->email(...),
    'ip' => fn (string $text, array $options) => $rules->ip($text),
    'expiry' => fn (string $text, array $options) => $rules->expiry($text),
    'api-key' => $rules->apiKey(...),
];

$passed = $failed = 0;
foreach ($apply as $name => $rule) {
    $path = __DIR__ . "/../../../../conformance/$name.json";
    $document = json_decode(file_get_contents($path), true, flags: JSON_THROW_ON_ERROR);
    if ($rules->version() !== $document['rules']) {
        echo "the library has other rules\n";
        exit(1);
    }
    foreach ($document['vectors'] as $vector) {
        try {
            $answer = $rule($vector['input'], $vector['options'] ?? []);
            unset($answer['ok']);
            // Member by member; their order is nobody's.
            $right = isset($vector['gives']) && $answer == $vector['gives'] && count($answer) === count($vector['gives']);
        } catch (RuleError $error) {
            $refused = $vector['refused'] ?? null;
            $right = $refused && [$error->refusal, $error->position] === [$refused['code'], $refused['position']];
        }
        $right ? $passed++ : $failed++;
        if (!$right) {
            echo "{$vector['id']}: {$vector['because']}\n";
        }
    }
}
echo "$passed passed, $failed failed\n";
exit($failed === 0 && $passed > 800 ? 0 : 1);
