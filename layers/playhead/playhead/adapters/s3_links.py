"""Links to videos in S3, signed here without a request to anybody; each may be opened for half an hour."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LINK_SECONDS = 30 * 60


class S3Links:
    """The port VideoLinks on a bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        """Take a low-level client and the bucket's name."""
        self._client = client
        self._bucket = bucket

    def link(self, s3_key: str) -> str:
        """Return an address that plays, empty for a video without a key."""
        if not s3_key:
            return ""
        parameters = {"Bucket": self._bucket, "Key": s3_key}
        return self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=LINK_SECONDS)


class NoLinks:
    """The port VideoLinks where no bucket is configured."""

    def link(self, s3_key: str) -> str:  # noqa: ARG002 - the port's signature
        """Return an empty address."""
        return ""
