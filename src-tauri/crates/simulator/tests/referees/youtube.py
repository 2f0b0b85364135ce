"""What a YouTube client that somebody else wrote sees on the simulator, as JSON.

Arguments: address below which the YouTube Data API is served, access token.
Nothing of the client is changed but its base address.
"""

import json
import sys

from pyyoutube import Client


class At(Client):
    pass


def pages(list_page):
    token = None
    while True:
        page = list_page(token)
        yield from page.items
        token = page.nextPageToken
        if not token:
            return


def videos(client):
    channel = client.channels.list(mine=True, parts="id,snippet,contentDetails").items[0]
    uploads = channel.contentDetails.relatedPlaylists.uploads
    seen = []
    for upload in pages(lambda token: client.playlistItems.list(
            playlist_id=uploads, parts="id,snippet,contentDetails", max_results=2, page_token=token)):
        video = upload.contentDetails.videoId
        threads = []
        for thread in pages(lambda token: client.commentThreads.list(
                video_id=video, parts="id,snippet", max_results=3, page_token=token)):
            replies = pages(lambda token: client.comments.list(
                parent_id=thread.id, parts="id,snippet", max_results=2, page_token=token))
            top = thread.snippet.topLevelComment
            threads.append({
                "id": thread.id,
                "text": top.snippet.textOriginal or top.snippet.textDisplay,
                "author": top.snippet.authorDisplayName,
                "replies": [{"id": reply.id, "text": reply.snippet.textOriginal or reply.snippet.textDisplay}
                            for reply in replies],
            })
        seen.append({"id": video, "caption": upload.snippet.title, "comments": threads})
    return seen


if __name__ == "__main__":
    address, token = sys.argv[1:3]
    At.BASE_URL = address
    json.dump(videos(At(access_token=token)), sys.stdout)
