<?php
// index.php -- what scripts/bench compares Daybook with: the same two reads, by php-fpm and PDO. It verifies
// the token and sends one statement, over a connection that is kept from one request to the next.
declare(strict_types=1);

const COLUMNS = 'id, title, description, status, priority, completed_at IS NOT NULL AS completed, completed_at,
    due_date, remind_at, project_id, category_id, place_key AS position, version, created_at, updated_at';
const PAGE_SIZE = 50;

function decode(string $part): string
{
    return (string) base64_decode(strtr($part, '-_', '+/'));
}

function user_of(string $header): ?string
{
    $parts = explode('.', substr($header, strlen('Bearer ')));
    if (count($parts) !== 3) {
        return null;
    }
    $expected = hash_hmac('sha256', "$parts[0].$parts[1]", getenv('JWT_SECRET_KEY'), true);
    $claims = json_decode(decode($parts[1]));
    return hash_equals($expected, decode($parts[2])) && $claims->exp >= time() ? $claims->sub : null;
}

// One round trip: the statement goes with its parameters, and is not prepared for a single use.
function rows(string $sql, array $parameters): array
{
    $pdo = new PDO(getenv('DATABASE_DSN'), null, null, [
        PDO::ATTR_PERSISTENT => true,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
        PDO::PGSQL_ATTR_DISABLE_PREPARES => true,
    ]);
    $statement = $pdo->prepare($sql);
    $statement->execute($parameters);
    return $statement->fetchAll();
}

function answer(int $status, array $body): void
{
    http_response_code($status);
    header('Content-Type: application/json; charset=utf-8');
    echo json_encode($body, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
}

$user = user_of($_SERVER['HTTP_AUTHORIZATION'] ?? '');
$path = strtok($_SERVER['REQUEST_URI'], '?');
$from = 'SELECT ' . COLUMNS . ' FROM tasks WHERE user_id = ?';
if ($user === null) {
    answer(401, ['error' => 'unauthorized', 'code' => 401]);
} elseif (str_ends_with($path, '/tasks')) {
    $tasks = rows("$from ORDER BY created_at DESC, id DESC LIMIT ?", [$user, PAGE_SIZE]);
    answer(200, ['tasks' => $tasks, 'count' => count($tasks), 'limit' => PAGE_SIZE]);
} else {
    $tasks = rows("$from AND id = ?", [$user, basename($path)]);
    $tasks ? answer(200, $tasks[0]) : answer(404, ['error' => 'not_found', 'code' => 404]);
}
