// Package slack emulates the parts of Slack that a review app meets: the Web API, the OAuth v2 installation, interactivity with
// signed requests, response URLs, modals, and a page per workspace on which a person reads the channel and presses its
// buttons.
//
// It was written from these pages of docs.slack.dev: reference/methods (each method names its own), reference/block-kit (blocks,
// elements, composition objects), reference/interaction-payloads, reference/views, authentication/verifying-requests-from-slack,
// authentication/installing-with-oauth, interactivity/handling-user-interaction and messaging/formatting-message-text. What Slack refuses there,
// it refuses here, with Slack's own error words.
//
// It owns all state in memory. It must not know the program under test beyond the URLs that it is configured with, and it is never
// part of a production process.
package slack
