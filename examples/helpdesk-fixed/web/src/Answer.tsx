import DOMPurify from 'dompurify';
import { useState } from 'react';

export function Answer({ question }: { question: string }) {
  const [html, setHtml] = useState('');

  async function ask() {
    const reply = await fetch('/chat', { method: 'POST', body: JSON.stringify({ question }) });
    setHtml(DOMPurify.sanitize(await reply.text()));
  }

  return (
    <section>
      <button onClick={ask}>Ask</button>
      <div dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(html) }} />
    </section>
  );
}
