/** Where embeddings are kept, from the working directory, if nobody says otherwise. */
export const embeddingsFolder = '.prefkit/embeddings'
