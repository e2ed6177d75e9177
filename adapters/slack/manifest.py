"""The description of our app that Slack makes it from.

Source of the fields and limits: docs.slack.dev/reference/app-manifest.
"""

from typing import Any

#: What each is for stands beside it; no more is asked for.
SCOPES = (
    "app_mentions:read",  # being addressed in a channel
    "assistant:write",  # comes with agent_view
    "channels:history",  # replies in threads of public channels; what a gap swallowed
    "channels:join",  # a slash command where the bot is not a member yet
    "channels:read",
    "chat:write",
    "commands",
    "files:read",  # what people send
    "files:write",  # what is too long for a message
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",  # offering the direct message
    "mpim:history",
    "mpim:read",
    "reactions:write",  # 👀
    "users:read",  # names; who is a guest
)
EVENTS = (
    "agent_session_stopped",  # without it Slack shows no Stop button
    "app_home_opened",  # somebody is about to write
    "app_mention",
    "app_uninstalled",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
SHORTCUT = "ask_about_message"
PATH = "/slack/events"


def manifest(command: str, http_url: str | None = None) -> dict[str, Any]:
    """The manifest; *http_url* (`https://host`) for HTTP instead of Socket Mode."""
    app = _base(command)
    if http_url is not None:
        url = http_url.rstrip("/") + PATH
        settings = app["settings"]
        settings["socket_mode_enabled"] = False
        settings["event_subscriptions"]["request_url"] = url
        settings["interactivity"]["request_url"] = url
        app["features"]["slash_commands"][0]["url"] = url
    return app


def _base(command: str) -> dict[str, Any]:
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Parley",
            "description": "Talk to the coding agent on your own machine",
            "background_color": "#1f1f1f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "parley", "always_online": True},
            "agent_view": {
                "agent_description": "Works with the coding agent on your machine. "
                "Each thread is a conversation; permissions are asked with buttons.",
                "suggested_prompts": [
                    {
                        "title": "What can you do?",
                        "message": "What can you do here, and in which folder?",
                    },
                ],
            },
            "slash_commands": [
                {
                    "command": command,
                    "description": "Ask the coding agent; the answer is a thread",
                    "usage_hint": "[what to do] | new | sessions | stop | help",
                    "should_escape": False,
                }
            ],
            "shortcuts": [
                {
                    "name": "Ask the agent about this",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Ask about this message; works in threads, too",
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
