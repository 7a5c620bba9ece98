/**
 * Links to the messages that local development keeps instead of sending them. Only developers see the link, so it is in
 * English only. Renders nothing if `url` is null.
 */
export function MailViewer({ url }: { url: string | null }) {
  if (url === null) return null;
  return (
    <p class="links" lang="en">
      In development, <a href={url}>emails are shown here</a>
    </p>
  );
}
