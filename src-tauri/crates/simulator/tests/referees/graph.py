"""What an Instagram or Facebook client that somebody else wrote sees on the simulator, as JSON.

Arguments: address of the simulator, access token, id of the account, `instagram` or `facebook`.
Nothing of the client is changed but the base address that it takes as a parameter.
"""

import json
import sys

from pyfacebook import FacebookApi, IGBusinessApi

VERSION = "v24.0"
ALL = None


def instagram(address, token, account):
    api = IGBusinessApi(access_token=token, base_url=address, version=VERSION, instagram_business_id=account,
                        sleep_on_rate_limit=False)
    posts = []
    for post in api.user.get_media(count=ALL, limit=2, fields="id,caption,media_type,timestamp").data:
        comments = []
        listed = api.media.get_comments(media_id=post.id, count=ALL, limit=3, fields="id,text,username,timestamp")
        for comment in listed.data:
            replies = api.comment.get_replies(comment_id=comment.id, fields="id,text,username,timestamp")
            comments.append({
                "id": comment.id,
                "text": comment.text,
                "author": comment.username,
                "replies": [{"id": reply.id, "text": reply.text} for reply in replies.data],
            })
        posts.append({"id": post.id, "caption": post.caption, "comments": comments})
    return posts


def facebook(address, token, page):
    api = FacebookApi(access_token=token, base_url=address, version=VERSION, sleep_on_rate_limit=False)
    posts = []
    for post in api.page.get_posts(object_id=page, count=ALL, limit=2, fields="id,message,created_time").data:
        comments = []
        listed = api.post.get_comments(object_id=post.id, count=ALL, limit=3, fields="id,message,created_time")
        for comment in listed.data:
            replies = api.get_full_connections(object_id=comment.id, connection="comments", count=ALL, limit=2,
                                               fields="id,message,created_time")
            comments.append({
                "id": comment.id,
                "text": comment.message,
                "replies": [{"id": reply["id"], "text": reply["message"]} for reply in replies["data"]],
            })
        posts.append({"id": post.id, "caption": post.message, "comments": comments})
    return posts


if __name__ == "__main__":
    address, token, account, dialect = sys.argv[1:5]
    seen = {"instagram": instagram, "facebook": facebook}[dialect](f"{address}/", token, account)
    json.dump(seen, sys.stdout)
