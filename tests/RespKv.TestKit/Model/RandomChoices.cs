namespace RespKv.TestKit.Model;

/// <summary>Choices by chance.</summary>
internal static class RandomChoices
{
    public static bool OneIn(this Random random, int odds) => random.Next(odds) == 0;

    public static T Pick<T>(this Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
