/** The way to the mail that was only pretended to be sent. Its readers are developers, who have one language. */
export function MailViewer({ url }: { url: string | null }) {
  if (url === null) return null;
  return (
    <p class="links" lang="en">
      In development, <a href={url}>mail shows up here</a>
    </p>
  );
}
