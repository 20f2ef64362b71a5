<?php
// Run once: installs WordPress into its empty database and writes two people's application passwords to <state>/passwords.json.
$state = $argv[1];
$_SERVER['HTTP_HOST'] = 'blog.harbour.example';
$_SERVER['REQUEST_URI'] = '/';
define('WP_INSTALLING', true);
require '/usr/share/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Harbour Blog', 'ada', 'ada@harbour.example', true, '', wp_generate_password());
update_option('permalink_structure', '/%postname%/');
$people = ['ada' => get_user_by('login', 'ada')->ID];
$people['somebody'] = wp_insert_user(['user_login' => 'somebody', 'user_pass' => wp_generate_password(), 'role' => 'administrator', 'user_email' => 'somebody@harbour.example']);
$passwords = [];
foreach ($people as $name => $id) {
    $passwords[$name] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'live'])[0];
}
for ($i = 0; $i < 350; $i++) {
    $date = gmdate('Y-m-d H:i:s', 1767225600 + $i * 60);
    wp_insert_post([
        'post_title' => "Boat № $i & <sail>",
        'post_content' => "Wind aus Süd, $i knots.",
        'post_status' => $i % 6 === 0 ? 'draft' : 'publish',
        'post_author' => $people['ada'],
        'post_date' => $date,
        'post_date_gmt' => $date,
    ]);
}
file_put_contents("$state/passwords.json", json_encode($passwords));
