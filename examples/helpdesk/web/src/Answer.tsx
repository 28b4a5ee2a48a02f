import OpenAI from 'openai';
import { useState } from 'react';

const client = new OpenAI({
  apiKey: import.meta.env.VITE_OPENAI_KEY,
  dangerouslyAllowBrowser: true,
});

export function Answer({ question }: { question: string }) {
  const [html, setHtml] = useState('');

  async function ask() {
    const reply = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: question }],
    });
    setHtml(reply.choices[0].message.content ?? '');
  }

  return (
    <section>
      <button onClick={ask}>Ask</button>
      <div dangerouslySetInnerHTML={{ __html: html }} />
    </section>
  );
}
