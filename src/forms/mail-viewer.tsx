/** A link to the local mailbox in development. Developers read it, so it is in English only. */
export function MailViewer({ url }: { url: string | null }) {
  if (url === null) return null;
  return (
    <p class="links" lang="en">
      In development, <a href={url}>mail shows up here</a>
    </p>
  );
}
