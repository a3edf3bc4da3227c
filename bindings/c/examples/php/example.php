<?php

require __DIR__ . '/ResetdRules.php';

$rules = new ResetdRules(getenv('RESETD_RULES_LIBRARY') ?: 'libresetd_rules.so');

echo $rules->email('Jan.Barasek+shop@GoogleMail.com')['canonical'], "\n";
try {
    $rules->email('jan@example.com.');
} catch (RuleError $error) {
    echo "$error->refusal at byte $error->position\n";
}
